import packageJson from '../package.json' with { type: 'json' };

/** Version of tcompose, without a leading `v`. */
export const TCOMPOSE_VERSION: string = packageJson.version;
