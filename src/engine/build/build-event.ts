/** One line that a builder wrote. */
export interface BuildOutput {
  /** Absent when several services are built at once. */
  readonly service?: string;
  readonly line: string;
}

export type OnBuildOutput = (output: BuildOutput) => void;
