import { expect, it } from 'vitest';
import { withModelVariables } from '../../../src/compose/model-variables.ts';

it('services are told which models they use and where, by the names that they want', () => {
  const services = {
    app: { name: 'app', environment: { A: '1' }, models: { 'my-llm': null } },
    chat: { name: 'chat', models: { llm: { endpoint_var: 'WHERE', model_var: 'WHICH' } } },
    other: { name: 'other' },
  };
  const models = { 'my-llm': { model: 'ai/small' }, llm: { model: 'ai/big' } };
  const known = withModelVariables(services, models, () => 'http://m/');
  expect(known['app']?.environment).toEqual({
    A: '1',
    MY_LLM_MODEL: 'ai/small',
    MY_LLM_URL: 'http://m/',
  });
  expect(known['chat']?.environment).toEqual({ WHICH: 'ai/big', WHERE: 'http://m/' });
  expect(known['other']).toBe(services.other);
  const unknown = withModelVariables(services, models, () => undefined);
  expect(unknown['chat']?.environment).toEqual({ WHICH: 'ai/big' });
});
