/** Makes the compiler prove that a switch over a union is complete; throws if that proof was wrong. */
export function unreachable(value: never): never {
  throw new Error(`internal error: unexpected ${JSON.stringify(value)}`);
}
