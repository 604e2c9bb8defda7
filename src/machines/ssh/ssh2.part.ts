// Loaded only by commands that reach a host over SSH.
import ssh2 from 'ssh2';

export const { Client, OpenSSHAgent, utils } = ssh2;
