import type { Project, Service } from '../compose/model.ts';
import type { ContainerIndex } from './container-index.ts';
import type { NetworkDecision } from './network-drift.ts';
import type { Separator } from './names.ts';
import type { Observed, ObservedContainer } from './observed.ts';
import type { ContainerRef } from './plan.ts';
import type { PlanBuilder } from './plan-builder.ts';
import type { ServiceDecision } from './service-decision.ts';
import type { VolumeDecision } from './volume-drift.ts';

/** A container that exists when the plan is done. */
export interface Replica {
  readonly number: number;
  /** Its name when the plan is done. */
  readonly name: string;
  readonly ref: ContainerRef;
  readonly cause: string;
  /** The step that creates it. */
  readonly created: number | undefined;
  /** Steps before it can start: its creation, a rename. */
  readonly prepared: readonly number[];
  /** The same container now, when the plan keeps it. */
  readonly kept: ObservedContainer | undefined;
  /** The container it takes the place of. */
  readonly replaces: ObservedContainer | undefined;
  /** The step that takes that container's name away before its turn. */
  readonly aside?: number | undefined;
}

/** What the parts of planning share: the decisions, and what has been planned so far. */
export interface PlanContext {
  readonly project: Project;
  readonly observed: Observed;
  readonly plan: PlanBuilder;
  readonly index: ContainerIndex;
  /** Services this plan is about, by name. */
  readonly services: Readonly<Record<string, Service>>;
  readonly timeout: number | undefined;
  readonly separator: Separator;
  /** Service → services that stop before it is replaced and start again after. */
  readonly restartDependents: ReadonlyMap<string, readonly string[]>;
  /** Service → its replicas when the plan is done. */
  readonly replicas: Map<string, readonly Replica[]>;
  /** Container id → the step that stops it, and why. */
  readonly stops: Map<string, { readonly step: number; readonly cause: string }>;
  /** Container id → the step that removes it. */
  readonly removals: Map<string, number>;
  /** Container id → the step that takes its name away before its turn, for another service. */
  readonly aside: Map<string, number>;
  /** Container id → steps that move it between networks. */
  readonly moves: Map<string, readonly number[]>;
  /** Service → steps after which its replacements carry their own names. */
  readonly renames: Map<string, readonly number[]>;
  /** Service → steps after which it is up, its own or those of what it depends on. */
  readonly ready: Map<string, readonly number[]>;
}

export interface UpContext extends PlanContext {
  readonly inheritVolumes: boolean;
  readonly networks: ReadonlyMap<string, NetworkDecision>;
  readonly volumes: ReadonlyMap<string, VolumeDecision>;
  readonly decisions: ReadonlyMap<string, ServiceDecision>;
  /** Network key → the step that creates it. */
  readonly networkSteps: Map<string, number>;
  /** Volume key → the step that creates it. */
  readonly volumeSteps: Map<string, number>;
}
