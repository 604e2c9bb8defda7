/** The engine of this test run, as seen from a test file. */
import { inject } from 'vitest';
import { EngineApi } from './api.ts';

/** Socket path of the engine. */
export const engineSocket = inject('engineSocket');

/** For `DOCKER_HOST`. */
export const dockerHost = `unix://${engineSocket}`;

/** `20.10` or `28`. */
export const engineVersion = inject('engineVersion');

/** The address at which ports that containers publish are reached. */
export const engineAddress = inject('engineAddress');

/** Prefix of a command that shall run in the engine's network, where its 127.0.0.1 is. */
export const enterEngineNetwork = inject('engineEnter');

/** The engine's API, independent of tcompose's own client. */
export const engineApi = new EngineApi(engineSocket);
