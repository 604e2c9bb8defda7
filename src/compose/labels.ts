/** Labels that connect what an engine has with the project it belongs to. */
export const LABEL = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  number: 'com.docker.compose.container-number',
  oneOff: 'com.docker.compose.oneoff',
  slug: 'com.docker.compose.slug',
  configHash: 'com.docker.compose.config-hash',
  workingDir: 'com.docker.compose.project.working_dir',
  configFiles: 'com.docker.compose.project.config_files',
  environmentFile: 'com.docker.compose.project.environment_file',
  dependsOn: 'com.docker.compose.depends_on',
  image: 'com.docker.compose.image',
  imageVolumes: 'com.docker.compose.image-volume-digest',
  replace: 'com.docker.compose.replace',
  version: 'com.docker.compose.version',
  network: 'com.docker.compose.network',
  volume: 'com.docker.compose.volume',
  hook: 'com.docker.compose.hook',
  engine: 'com.docker.compose.engine',
  /** Set by the engine (23 and newer) on volumes that nobody named. */
  anonymousVolume: 'com.docker.volume.anonymous',
} as const;
