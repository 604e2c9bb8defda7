import { expect, it } from 'vitest';
import { succeed } from '../support/command.ts';
import { engineAddress, engineApi, engineVersion } from '../support/test-engine.ts';

it('is of the generation that was asked for', async () => {
  const version = (await engineApi.ask('GET', '/version')) as { readonly Version: string };
  expect(version.Version.startsWith(`${engineVersion}.`)).toBe(true);
});

it('serves a port that a container publishes', async () => {
  const created = await engineApi.ask('POST', '/containers/create', {
    Image: 'test-web',
    HostConfig: { PortBindings: { '8080/tcp': [{ HostPort: '18080' }] } },
  });
  const { Id } = created as { readonly Id: string };
  await engineApi.ask('POST', `/containers/${Id}/start`);
  try {
    const retries = ['--retry', '20', '--retry-connrefused', '--retry-delay', '1'];
    expect(await succeed('curl', ['-fsS', ...retries, `http://${engineAddress}:18080`])).toBe(
      'hello\n',
    );
  } finally {
    await engineApi.ask('DELETE', `/containers/${Id}?force=1&v=1`);
  }
});
