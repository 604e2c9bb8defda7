import type { CommandDefinition } from './definition.ts';
import { command as alpha } from './alpha.ts';
import { command as attach } from './attach.ts';
import { command as build } from './build.ts';
import { command as commit } from './commit.ts';
import { command as completion } from './completion.ts';
import { command as config } from './config.ts';
import { command as cp } from './cp.ts';
import { command as create } from './create.ts';
import { command as down } from './down.ts';
import { command as events } from './events.ts';
import { command as exec } from './exec.ts';
import { command as exportCommand } from './export.ts';
import { command as images } from './images.ts';
import { command as installPlugin } from './install-plugin.ts';
import { command as kill } from './kill.ts';
import { command as logs } from './logs.ts';
import { command as ls } from './ls.ts';
import { command as machine } from './machine.ts';
import { command as pause } from './pause.ts';
import { command as plan } from './plan.ts';
import { command as port } from './port.ts';
import { command as ps } from './ps.ts';
import { command as publish } from './publish.ts';
import { command as pull } from './pull.ts';
import { command as push } from './push.ts';
import { command as restart } from './restart.ts';
import { command as rm } from './rm.ts';
import { command as run } from './run.ts';
import { command as scale } from './scale.ts';
import { command as start } from './start.ts';
import { command as stats } from './stats.ts';
import { command as stop } from './stop.ts';
import { command as top } from './top.ts';
import { command as unpause } from './unpause.ts';
import { command as up } from './up.ts';
import { command as version } from './version.ts';
import { command as volumes } from './volumes.ts';
import { command as wait } from './wait.ts';
import { command as watch } from './watch.ts';

/** Every command, by the word users type. */
export const commands: readonly CommandDefinition[] = [
  alpha,
  attach,
  build,
  commit,
  completion,
  config,
  cp,
  create,
  down,
  events,
  exec,
  exportCommand,
  images,
  installPlugin,
  kill,
  logs,
  ls,
  machine,
  pause,
  plan,
  port,
  ps,
  publish,
  pull,
  push,
  restart,
  rm,
  run,
  scale,
  start,
  stats,
  stop,
  top,
  unpause,
  up,
  version,
  volumes,
  wait,
  watch,
];
