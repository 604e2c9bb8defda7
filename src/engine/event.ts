import type { Step } from '../scheduler/plan.ts';

/**
 * Everything that can happen while a plan runs or an engine works, for reporters. `id` names the
 * resource as Compose does (`Container p-web-1`, `Network p_default`, `Image nginx`).
 */
export type ProgressEvent =
  | { readonly type: 'step'; readonly step: Step; readonly progress: Progress }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'message'; readonly level: 'info' | 'warning'; readonly text: string };

export interface Progress {
  readonly id: string;
  /** Image that a layer belongs to. */
  readonly parentId?: string;
  readonly status: 'working' | 'done' | 'warning' | 'error';
  /** `Creating`, `Created`, `Pulling`, … exactly as Compose words them. */
  readonly text: string;
  /** Reason of a failure, name of a builder, … */
  readonly details?: string;
  readonly current?: number;
  readonly total?: number;
  readonly percent?: number;
}

export type OnEvent = (event: ProgressEvent) => void;
