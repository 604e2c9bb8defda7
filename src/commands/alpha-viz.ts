import type { CommandDefinition } from './definition.ts';

/** `tcompose alpha viz` */
export const command: CommandDefinition = {
  name: 'viz',
  usage: 'alpha viz [OPTIONS]',
  summary: 'Draw services and what they depend on as a graph for graphviz',
  flags: [
    { name: 'image', type: 'bool', summary: 'With images' },
    {
      name: 'indentation-size',
      type: 'int',
      default: '1',
      summary: 'Tabs or blanks before each line',
    },
    { name: 'networks', type: 'bool', summary: 'With networks' },
    { name: 'ports', type: 'bool', summary: 'With published ports' },
    { name: 'spaces', type: 'bool', summary: 'Indent with blanks instead of tabs' },
  ],
  examples: ['alpha viz --networks | dot -Tsvg > services.svg'],
  run: async (invocation) => {
    const { run } = await import('./run/alpha-viz.ts');
    return run(invocation);
  },
};
