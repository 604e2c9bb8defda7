import { describe, expect, it } from 'vitest';
import { ec2Failure } from '../../../src/providers/amazonec2/failure.ts';
import { answerFailure } from '../../../src/providers/digitalocean/failure.ts';

describe('errors of EC2', () => {
  const place = { region: 'eu-west-1' };
  const named = (Code: string): Error => Object.assign(new Error('words'), { name: Code, Code });

  it.each([
    ['InvalidGroup.Duplicate', 'already-exists'],
    ['InvalidKeyPair.Duplicate', 'already-exists'],
    ['InvalidInstanceID.NotFound', 'not-found'],
    ['InvalidAMIID.NotFound', 'not-found'],
    ['DependencyViolation', 'in-use'],
    ['InvalidGroup.InUse', 'in-use'],
    ['InsufficientInstanceCapacity', 'capacity'],
    ['InsufficientFreeAddressesInSubnet', 'capacity'],
    ['InstanceLimitExceeded', 'capacity'],
    ['SecurityGroupLimitExceeded', 'capacity'],
    ['SpotMaxPriceTooLow', 'capacity'],
    ['RequestLimitExceeded', 'throttled'],
    ['Throttling', 'throttled'],
    ['UnauthorizedOperation', 'denied'],
    ['AuthFailure', 'denied'],
    ['ExpiredTokenException', 'denied'],
    ['InvalidParameterValue', 'invalid'],
    ['MissingParameter', 'invalid'],
    ['IdempotentParameterMismatch', 'invalid'],
    ['InternalError', 'failed'],
  ])('%s is %s', (code, kind) => {
    expect(ec2Failure(named(code), place)).toMatchObject({ kind, code, message: 'EC2: words' });
  });

  it('connections that fail are no answers', () => {
    const error = Object.assign(new Error('getaddrinfo ENOTFOUND ec2'), { code: 'ENOTFOUND' });
    expect(ec2Failure(error, place)).toMatchObject({ kind: 'unreachable', code: 'ENOTFOUND' });
  });

  it('missing credentials say what was tried', () => {
    const error = Object.assign(new Error('none'), { name: 'CredentialsProviderError' });
    const { kind, hint = '' } = ec2Failure(error, { ...place, profile: 'work' });
    expect(kind).toBe('no-credentials');
    for (const word of ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', '~/.aws/config', '"work"']) {
      expect(hint).toContain(word);
    }
  });

  it('a session that has ended is to be begun again', () => {
    const error = Object.assign(new Error('The SSO session has expired'), {
      name: 'CredentialsProviderError',
    });
    expect(ec2Failure(error, { ...place, profile: 'work' })).toMatchObject({
      kind: 'denied',
      hint: 'Log in again: aws sso login --profile work.',
    });
  });
});

describe('errors of DigitalOcean', () => {
  it.each([
    [401, 'Unable to authenticate you', 'denied'],
    [403, 'You are not authorized', 'denied'],
    [404, 'not found', 'not-found'],
    [409, 'duplicate name', 'already-exists'],
    [422, 'SSH Key is already in use on your account', 'already-exists'],
    [422, 'creating this would exceed your droplet limit', 'capacity'],
    [422, 'Region is not available', 'capacity'],
    [422, 'name is not valid', 'invalid'],
    [429, 'API Rate limit exceeded.', 'throttled'],
    [500, 'Server Error', 'failed'],
  ])('%i %s is %s', (status, message, kind) => {
    const body = JSON.stringify({ id: 'x', message });
    const error = answerFailure({ method: 'GET', path: '/v2/x', status, body });
    expect(error).toMatchObject({
      kind,
      message: `DigitalOcean: ${message}`,
      code: String(status),
    });
  });

  it('an answer without words is told by its number', () => {
    const answer = { method: 'GET', path: '/v2/x', status: 502, body: '<html>' };
    expect(answerFailure(answer).message).toBe('DigitalOcean: GET /v2/x was answered with 502');
  });
});
