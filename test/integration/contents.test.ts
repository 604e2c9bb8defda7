import { exits, notRecreated, prints, recreated, reports, untouched } from '../support/checks.ts';
import { edit, scenario, step, tcompose, together, withEnv } from '../support/scenario.ts';

scenario(
  'contents',
  'a container whose configs, secrets or files changed is replaced where that is asked for',
  step('up makes both', tcompose('up', '-d')),
  step('nothing is done again', tcompose('up', '-d'), untouched('app'), untouched('web')),
  step(
    'another secret replaces the container',
    together(edit('token.txt', 'one', 'two'), tcompose('up', '-d')),
    recreated('app'),
    untouched('web'),
  ),
  step(
    'the plan says why',
    together(edit('settings.txt', 'first', 'second'), tcompose('plan', '--format', 'text')),
    prints(/content of config settings changed/),
    notRecreated('app'),
  ),
  step(
    'it can be told not to',
    tcompose('up', '-d', '--content-changes', 'ignore'),
    untouched('app'),
  ),
  step(
    'so can the environment',
    withEnv({ TCOMPOSE_CONTENT_CHANGES: 'ignore' }, 'up', '-d'),
    untouched('app'),
  ),
  step(
    'the text of a config counts as well',
    together(
      edit('settings.txt', 'second', 'first'),
      edit('compose.yaml', 'hello', 'good day'),
      tcompose('up', '-d'),
    ),
    recreated('app'),
  ),
  step(
    'a file that is bound is the business of whoever binds it',
    together(edit('page.html', 'old', 'new'), tcompose('up', '-d')),
    untouched('web'),
  ),
  step('unless files are to count', tcompose('up', '-d', '--content-changes', 'files')),
  step(
    'from then on they do',
    together(edit('page.html', 'new', 'newer'), tcompose('up', '-d', '--content-changes', 'files')),
    recreated('web'),
    untouched('app'),
  ),
  step(
    'another word is refused',
    tcompose('up', '-d', '--content-changes', 'sometimes'),
    exits(1),
    reports('use one of ignore, configs, files'),
  ),
);
