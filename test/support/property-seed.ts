/**
 * Property tests draw the same examples in every run, so that a red run is red again. To look for new
 * counterexamples: `TCOMPOSE_TEST_SEED=random npm run test:unit`, or a number to repeat one.
 */
import fc from 'fast-check';

const asked = process.env['TCOMPOSE_TEST_SEED'] ?? '20261120';
if (asked !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(asked) });
