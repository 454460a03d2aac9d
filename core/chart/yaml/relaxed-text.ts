// Rewrites YAML that Helm's parser takes and ours refuses into a form that ours takes, character by character, so that every offset
// in the result is an offset in the original text.

/**
 * The text with flow collections and quoted scalars on one line each: there Helm's parser (go-yaml) asks for no indentation and
 * takes tabs, as in JSON that was pasted into values.yaml. Its extra line ends (U+0085, U+2028, U+2029) become line feeds, its
 * extra escape `\'` a blank and a quote. Null where a tab follows a plain scalar on the next line, which Helm refuses. White space inside of quoted scalars that go over several lines may differ from what Helm
 * reads. https://github.com/go-yaml/yaml/blob/v2/scannerc.go
 */
export function relaxedText(text: string): string | null {
  return new Relaxer(text.replace(/[\u0085\u2028\u2029]/g, '\n')).result();
}

class Relaxer {
  readonly #chars: string[];
  #at = 0;
  #depth = 0;
  /** True where a node may begin. */
  #isFresh = true;
  /** Offset up to which line ends were looked for, where the last line begins, and its indentation. */
  #searched = 0;
  #line = 0;
  #lineIndent: number | null = null;
  /** Indentation of the line on which the outermost flow collection begins. */
  #indent = 0;
  /** True right after a plain scalar inside of a flow collection, until something else follows. */
  #isAfterPlain = false;
  #isRefused = false;

  constructor(text: string) {
    this.#chars = text.split('');
  }

  result(): string | null {
    while (this.#at < this.#chars.length && !this.#isRefused) this.#step();
    return this.#isRefused ? null : this.#chars.join('');
  }

  #step(): void {
    const char = this.#chars[this.#at] ?? '';
    if (char === '\n' || char === '\r') {
      if (this.#depth > 0) this.#joinLines();
      else this.#isFresh = true;
      this.#at += 1;
    } else if (char === ' ' || char === '\t') {
      if (this.#depth > 0) this.#chars[this.#at] = ' ';
      this.#at += 1;
    } else if (char === '#' && this.#isBlankAt(this.#at - 1)) this.#comment();
    else if (this.#isFresh && (char === '"' || char === "'")) this.#quoted(char);
    else if (this.#isFresh && (char === '|' || char === '>') && this.#depth === 0) this.#blockScalar();
    else if (this.#isFresh && (char === '&' || char === '!')) this.#skipWord();
    else this.#other(char);
  }

  #joinLines(): void {
    this.#chars[this.#at] = ' ';
    const start = this.#at + 1;
    const tab = this.#indentOf(start);
    if (this.#isAfterPlain && this.#chars[start + tab] === '\t' && tab <= this.#indent)
      this.#isRefused = true;
  }

  #other(char: string): void {
    const isOpening = char === '{' || char === '[';
    const isIndicator = char === '-' || char === '?' || char === ':';
    this.#isAfterPlain = this.#depth > 0 && !/[{}[\],:]/.test(char);
    if (isOpening && (this.#isFresh || this.#depth > 0)) {
      if (this.#depth === 0) this.#indent = this.#indentOfLine();
      this.#depth += 1;
      this.#isFresh = true;
    } else if (this.#depth > 0 && (char === '}' || char === ']')) {
      this.#depth -= 1;
      this.#isFresh = false;
    } else if (this.#depth > 0 && char === ',') this.#isFresh = true;
    else if (char === ':' && this.#depth > 0) this.#isFresh = true;
    else this.#isFresh = isIndicator && this.#isBlankAt(this.#at + 1) && (char === ':' || this.#isFresh);
    this.#at += 1;
  }

  /** To the end of the line; inside of a flow collection, which goes on, it is blanked out. */
  #comment(): void {
    this.#isAfterPlain = false;
    while (this.#at < this.#chars.length && !this.#isLineEndAt(this.#at)) {
      if (this.#depth > 0) this.#chars[this.#at] = ' ';
      this.#at += 1;
    }
  }

  #quoted(quote: string): void {
    this.#isFresh = false;
    this.#isAfterPlain = false;
    for (this.#at += 1; this.#at < this.#chars.length; this.#at += 1) {
      const [char, next] = this.#chars.slice(this.#at, this.#at + 2);
      if (this.#isLineEndAt(this.#at)) this.#chars[this.#at] = ' ';
      else if (quote === '"' && char === '\\') {
        if (next === "'") this.#chars[this.#at] = ' ';
        this.#at += 1;
        if (this.#isLineEndAt(this.#at)) this.#chars[this.#at] = ' ';
      } else if (char === quote && quote === "'" && next === quote) this.#at += 1;
      else if (char === quote) break;
    }
    this.#at += 1;
  }

  /** The header's line, and all lines that are blank or indented more than the line of the header. */
  #blockScalar(): void {
    const indent = this.#indentOfLine();
    this.#skipLine();
    while (this.#at < this.#chars.length && (this.#isBlankLine() || this.#indentOf(this.#at) > indent)) {
      this.#skipLine();
    }
    this.#isFresh = true;
  }

  #skipWord(): void {
    while (this.#at < this.#chars.length && !this.#isBlankAt(this.#at)) this.#at += 1;
  }

  #skipLine(): void {
    while (this.#at < this.#chars.length && this.#chars[this.#at] !== '\n') this.#at += 1;
    this.#at += 1;
  }

  #isBlankLine(): boolean {
    const end = this.#chars.indexOf('\n', this.#at);
    const line = this.#chars.slice(this.#at, end < 0 ? undefined : end);
    return line.join('').trim() === '';
  }

  /** Indentation of the line of `#at`. Each character is looked at once, however many collections begin on one line. */
  #indentOfLine(): number {
    let at = this.#at;
    while (at >= this.#searched && this.#chars[at] !== '\n') at -= 1;
    if (at >= this.#searched) {
      this.#line = at + 1;
      this.#lineIndent = null;
    }
    this.#searched = this.#at;
    this.#lineIndent ??= this.#indentOf(this.#line);
    return this.#lineIndent;
  }

  #indentOf(start: number): number {
    let end = start;
    while (this.#chars[end] === ' ') end += 1;
    return end - start;
  }

  #isLineEndAt(offset: number): boolean {
    return this.#chars[offset] === '\n' || this.#chars[offset] === '\r';
  }

  #isBlankAt(offset: number): boolean {
    const char = this.#chars[offset];
    return char === undefined || char === ' ' || char === '\t' || char === '\n' || char === '\r';
  }
}
