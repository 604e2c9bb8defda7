const BREAK = 0x0a;

export interface LineSplitter {
  /** Takes the next bytes and returns the lines they complete, without line breaks. */
  push(chunk: Buffer): string[];
  /** The last line, when it had no line break. */
  end(): string[];
  /** True inside a line. */
  open(): boolean;
}

/** Cuts bytes into lines; characters may be cut by chunks, lines have any length. */
export function createLineSplitter(): LineSplitter {
  let parts: Buffer[] = [];

  const take = (tail: Buffer): string => {
    const line = parts.length === 0 ? tail : Buffer.concat([...parts, tail]);
    parts = [];
    return line.toString('utf8');
  };

  return {
    push: (chunk) => {
      const lines: string[] = [];
      let from = 0;
      for (;;) {
        const to = chunk.indexOf(BREAK, from);
        if (to < 0) break;
        lines.push(take(chunk.subarray(from, to)));
        from = to + 1;
      }
      if (from < chunk.length) parts.push(chunk.subarray(from));
      return lines;
    },
    end: () => (parts.length === 0 ? [] : [take(Buffer.alloc(0))]),
    open: () => parts.length > 0,
  };
}
