// Loaded only by commands that reach a host over SSH.
export { Client, utils } from 'ssh2';
