import type { Codec } from './codec.ts';
import { flag, isNull, text, unexpected } from './codec.ts';
import { environment, strings } from './codec-collection.ts';
import type { Field } from './codec-struct.ts';
import { optional, struct, value } from './codec-struct.ts';
import type { Hook } from './model.ts';
import { scalarText } from './scalar-text.ts';
import { shellWords } from './shell-words.ts';

/** A list of words, or a line that is split into them; empty is not the same as none. */
const command: Codec<readonly string[]> = {
  ...strings,
  decode: (node, place) => {
    if (isNull(node) || node.kind === 'seq') return strings.decode(node, place);
    if (node.kind === 'map') return unexpected(node, place, 'command');
    return shellWords(scalarText(node)) ?? place.refuse(node, 'invalid command line string');
  },
};

/** A command of a service or hook: JSON says null where there is none. */
export const commandField: Field<readonly string[]> = {
  ...optional(command),
  absent: (style) => (style === 'yaml' ? undefined : null),
};

/** The test of a health check; a line of text is for the shell. */
export const healthTest: Codec<readonly string[]> = {
  ...strings,
  decode: (node, place) => {
    if (isNull(node) || node.kind !== 'scalar') return strings.decode(node, place);
    return ['CMD-SHELL', scalarText(node)];
  },
};

/** A command that runs around the start or stop of a container. */
export const hookCodec: Codec<Hook> = struct<Hook>({
  command: commandField,
  image: value(text),
  user: value(text),
  privileged: value(flag),
  working_dir: value(text),
  environment: value(environment),
  per_replica: value(flag),
});
