import { describe, expect, it } from 'vitest';
import { parseDockerfile, replaceStageNames } from '../../../src/engine/build/dockerfile.ts';

describe('Dockerfiles', () => {
  it('are read as instructions with the lines they begin on', () => {
    const content = [
      '# syntax=docker/dockerfile:1',
      'from a as b',
      '',
      'RUN one \\',
      '  # a comment inside',
      '',
      '  && two',
      'CMD x',
    ].join('\n');
    expect(parseDockerfile(content)).toEqual([
      { line: 2, keyword: 'FROM', text: 'from a as b' },
      { line: 4, keyword: 'RUN', text: 'RUN one && two' },
      { line: 8, keyword: 'CMD', text: 'CMD x' },
    ]);
  });

  it('may choose another escape character', () => {
    expect(parseDockerfile('# escape=`\r\nRUN a `\r\n b\r\nCOPY c:\\ d')).toEqual([
      { line: 2, keyword: 'RUN', text: 'RUN a b' },
      { line: 4, keyword: 'COPY', text: 'COPY c:\\ d' },
    ]);
  });

  it('get images for names of contexts, and only for those', () => {
    const content = [
      'FROM base AS base2',
      'FROM --platform=linux/amd64 base',
      'FROM basement',
      'COPY --chown=1 --from=base /a /b',
      'COPY --from=other base /b',
      'RUN echo FROM base',
    ].join('\n');
    expect(replaceStageNames(content, { base: 'p-base' }).split('\n')).toEqual([
      'FROM p-base AS base2',
      'FROM --platform=linux/amd64 p-base',
      'FROM basement',
      'COPY --chown=1 --from=p-base /a /b',
      'COPY --from=other base /b',
      'RUN echo FROM base',
    ]);
  });
});
