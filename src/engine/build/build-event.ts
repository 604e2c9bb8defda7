/** One line that a builder wrote. */
export interface BuildOutput {
  readonly line: string;
}

export type OnBuildOutput = (output: BuildOutput) => void;
