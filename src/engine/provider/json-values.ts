/**
 * Cuts text that arrives in pieces into JSON objects, wherever their lines break. What stands between
 * them and is no object comes out line by line.
 */
export class JsonValues {
  #text = '';
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** How far `#text` has been looked at. */
  #at = 0;

  /** Takes more text and gives what is complete. */
  push(text: string): readonly string[] {
    this.#text += text;
    const found: string[] = [];
    for (; this.#at < this.#text.length; this.#at += 1) {
      if (this.#endsAt(this.#text[this.#at] ?? '')) this.#cut(found);
    }
    return found;
  }

  /** What is left at the end, complete or not. */
  end(): readonly string[] {
    const rest = this.#text.trim();
    this.#text = '';
    return rest === '' ? [] : [rest];
  }

  #cut(found: string[]): void {
    const value = this.#text.slice(0, this.#at + 1).trim();
    if (value !== '') found.push(value);
    this.#text = this.#text.slice(this.#at + 1);
    this.#at = -1;
  }

  #endsAt(character: string): boolean {
    if (this.#inString) {
      const quote = character === '"' && !this.#escaped;
      this.#escaped = character === '\\' && !this.#escaped;
      if (quote) this.#inString = false;
      return false;
    }
    if (this.#depth === 0 && character !== '{') return character === '\n';
    if (character === '"') this.#inString = true;
    if (character === '{') this.#depth += 1;
    if (character === '}') this.#depth -= 1;
    return this.#depth === 0;
  }
}
