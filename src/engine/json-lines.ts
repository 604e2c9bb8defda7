import type { Readable } from 'node:stream';

/** The JSON values of a stream that holds one per line, as the engine sends progress and events. */
export async function* jsonLines<T>(stream: Readable): AsyncGenerator<T> {
  for await (const line of textLines(stream)) yield JSON.parse(line) as T;
}

/** The lines of a stream that are not blank. */
export async function* textLines(stream: Readable): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield line;
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield rest;
}
