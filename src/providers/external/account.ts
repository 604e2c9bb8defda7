import type { Account, CreateRequest } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import type { Conversation, OnEvent } from './conversation.ts';
import {
  asObject,
  asText,
  parseChoices,
  parseInstance,
  parseInstances,
  parseResource,
  parseResources,
  ShapeError,
} from './shape.ts';

/** Milliseconds without a word after which a provider is given up: for questions, and for work. */
const QUESTION = 60_000;
const WORK = 300_000;

/** An account of a provider that is another program. */
export function externalAccount(conversation: Conversation): Account {
  const ask = async <T>(
    method: string,
    params: object,
    parse: (value: unknown) => T,
    patience = QUESTION,
  ): Promise<T> => parsed(method, await conversation.call(method, params, { patience }), parse);
  const work = (method: string, params: object): Promise<void> =>
    ask(method, params, () => undefined, WORK);
  return {
    check: ({ name, settings, publicKey, userData, tags, token }) =>
      ask('check', { name, settings, publicKey, userData, tags, token }, () => undefined),
    create: async (request) => {
      const { name, settings, publicKey, userData, tags, token, journal } = request;
      const { earlier } = journal;
      const params = { name, settings, publicKey, userData, tags, token, earlier };
      const options = { patience: WORK, onEvent: journalEvents(request) };
      const answer = await conversation.call('create', params, options);
      return parsed('create', answer, parseInstance);
    },
    list: (tags) => ask('list', { tags }, parseInstances),
    describe: (id) =>
      ask('describe', { id }, (value) =>
        value === null || value === undefined ? undefined : parseInstance(value),
      ),
    start: (id) => work('start', { id }),
    stop: (id, { force }) => work('stop', { id, force }),
    restart: (id) => work('restart', { id }),
    resources: (tags) => ask('resources', { tags }, parseResources),
    remove: ({ kind, id }) => ask('remove', { kind, id }, (value) => value !== false, WORK),
    choices: (kind) => ask('choices', { kind }, parseChoices),
    close: () => conversation.close(),
  };
}

function journalEvents({ journal, progress }: CreateRequest): OnEvent {
  return async (event) => {
    switch (event['event']) {
      case 'progress':
        progress(asText(event['text'], 'text'));
        return;
      case 'intend': {
        const given = asObject(event['details'] ?? {}, 'details');
        const details = Object.fromEntries(
          Object.entries(given).map(([key, value]) => [key, asText(value, `details.${key}`)]),
        );
        await journal.intend(
          asText(event['kind'], 'kind'),
          asText(event['token'], 'token'),
          details,
        );
        return;
      }
      case 'made':
        await journal.made(parseResource(event['resource'], 'resource'));
        return;
      default:
        throw new ShapeError(`there is no event ${JSON.stringify(event['event'])}`);
    }
  };
}

function parsed<T>(method: string, answer: unknown, parse: (value: unknown) => T): T {
  try {
    return parse(answer);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new ProviderError('failed', `the provider answered ${method} wrongly: ${error.message}`, {
      hint: 'docs/providers.md says what is expected of it.',
    });
  }
}
