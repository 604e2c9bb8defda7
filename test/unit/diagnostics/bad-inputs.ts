/** Projects that must be refused (or warned about): name → files. `compose.yaml` is loaded unless `load` says otherwise. */
export interface BadInput {
  readonly files: Readonly<Record<string, string>>;
  /** Files given with -f. */
  readonly load?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly projectName?: string;
  readonly envFiles?: readonly string[];
  readonly profiles?: readonly string[];
  readonly services?: readonly string[];
}

const one = (text: string): BadInput => ({ files: { 'compose.yaml': text } });
const service = (lines: string): BadInput => one(`services:\n  web:\n    image: nginx\n${lines}`);

export const badInputs: Readonly<Record<string, BadInput>> = {
  // The text itself.
  'an empty file': one(''),
  'only comments': one('# nothing here\n'),
  'a list at the top': one('- web\n- db\n'),
  'a string at the top': one('services\n'),
  'a tab as indentation': one('services:\n\tweb:\n\t\timage: nginx\n'),
  'a mapping that loses its indentation': one(
    'services:\n  web:\n    image: nginx\n   ports:\n    - 80\n',
  ),
  'an unclosed quote': one('services:\n  web:\n    image: "nginx\n'),
  'an unclosed bracket': one('services:\n  web:\n    image: nginx\n    ports: [80, 443\n'),
  'a duplicate service': one('services:\n  web:\n    image: a\n  web:\n    image: b\n'),
  'a duplicate key inside a service': service('    image: httpd\n'),
  'an unknown alias': service('    labels: *nope\n'),
  'an anchor that contains itself': one('services:\n  web: &w\n    image: nginx\n    labels: *w\n'),
  'a number as service name': one('services:\n  1:\n    image: nginx\n'),
  'binary data': one('\u0000\u0001\u0002services'),
  'two mistakes in one file': one('services:\n  web:\n    image: "a\n  web:\n    b: [\n'),

  // Keys and types.
  'an unknown top-level key': one('service:\n  web:\n    image: nginx\n'),
  'an unknown service key': service('    prots:\n      - 80:80\n'),
  'several unknown keys at once': service('    prots: []\n    enviroment: {}\n    volume: []\n'),
  'an unknown key deep inside': service('    healthcheck:\n      tests: ["CMD", "true"]\n'),
  'a service that is a string': one('services:\n  web: nginx\n'),
  'a service that is null': one('services:\n  web:\n'),
  'services that are a list': one('services:\n  - web\n'),
  'an image that is a list': one('services:\n  web:\n    image: [nginx]\n'),
  'ports that are a mapping': service('    ports:\n      80: 80\n'),
  'an environment value that is a list': service('    environment:\n      A: [1]\n'),
  'a bad boolean': service('    privileged: maybe\n'),
  'a duration that is a number': service('    stop_grace_period: 10\n'),
  'a bad service name': one('services:\n  "we b":\n    image: nginx\n'),
  'a bad container name': service('    container_name: -x\n'),
  'a bad volume type': service(
    '    volumes:\n      - type: bnid\n        source: .\n        target: /x\n',
  ),
  'a repeated entry where entries are unique': service(
    '    security_opt:\n      - a:b\n      - a:b\n',
  ),
  'a volume without target': service('    volumes:\n      - type: bind\n        source: .\n'),
  'a dependency condition that does not exist': one(
    'services:\n  web:\n    image: nginx\n    depends_on:\n      db:\n        condition: service_healty\n  db:\n    image: x\n',
  ),

  // Short forms.
  'a port that is a word': service('    ports:\n      - "abc"\n'),
  'a port with an unknown protocol': service('    ports:\n      - "80:80/xyz"\n'),
  'port ranges of different length': service('    ports:\n      - "80-81:8000-8002"\n'),
  'a port with a bad address': service('    ports:\n      - "1.2.3:80:80"\n'),
  'a port that is too large': service('    ports:\n      - "99999:80"\n'),
  'a volume with an empty part': service('    volumes:\n      - ":/x"\n'),
  'a command with an open quote': service('    command: "echo \'hi"\n'),
  'a size that is a word': service('    mem_limit: lots\n'),
  'a duration with an unknown unit': service(
    '    healthcheck:\n      test: ["CMD", "true"]\n      interval: 10q\n',
  ),
  'a health check that starts with a word': service('    healthcheck:\n      test: ["true"]\n'),
  'a file mode that is not octal': service(
    '    secrets:\n      - source: s\n        mode: "rw"\nsecrets:\n  s:\n    environment: S\n',
  ),

  // References.
  'an undefined dependency': service('    depends_on:\n      - dv\n  db:\n    image: x\n'),
  'an undefined network': service('    networks:\n      - backnd\nnetworks:\n  backend: {}\n'),
  'an undefined volume': service('    volumes:\n      - dta:/data\nvolumes:\n  data: {}\n'),
  'an undefined secret': service(
    '    secrets:\n      - tok\nsecrets:\n  token:\n    environment: T\n',
  ),
  'an undefined config': service('    configs:\n      - cfg\n'),
  'a dependency cycle': one(
    'services:\n  a:\n    image: x\n    depends_on: [b]\n  b:\n    image: x\n    depends_on: [c]\n  c:\n    image: x\n    depends_on: [a]\n',
  ),
  'a service that depends on itself': service('    depends_on: [web]\n'),
  'neither image nor build': one('services:\n  web:\n    command: "true"\n'),
  'network mode together with networks': service(
    '    network_mode: host\n    networks: [n]\nnetworks:\n  n: {}\n',
  ),
  'a namespace of an unknown service': service('    network_mode: service:vpn\n'),
  'a scale against a container name': service('    container_name: one\n    scale: 2\n'),
  'two services with one container name': one(
    'services:\n  a:\n    image: x\n    container_name: same\n  b:\n    image: x\n    container_name: same\n',
  ),
  'scale and replicas that differ': service('    scale: 2\n    deploy:\n      replicas: 3\n'),
  'a secret with two sources': service('secrets:\n  s:\n    file: a\n    environment: B\n'),
  'a secret without source': service('secrets:\n  s: {}\n'),
  'an external volume with a driver': service(
    'volumes:\n  v:\n    external: true\n    driver: local\n',
  ),
  'two mounts on one target': service(
    '    volumes:\n      - a:/x\n      - type: tmpfs\n        target: /x\n      - b:/x\n    tmpfs: /x\nvolumes:\n  a: {}\n  b: {}\n',
  ),
  'an unknown service asked for': { ...service(''), services: ['wbe'] },

  // Variables.
  'a required variable that is not set': service(
    '    environment:\n      A: ${TOKEN:?set TOKEN to your API token}\n',
  ),
  'a required variable that is empty': {
    ...service('    command: echo ${A:?}\n'),
    env: { A: '' },
  },
  'several required variables': service('    environment:\n      A: ${ONE:?}\n      B: ${TWO:?}\n'),
  'a malformed variable': service('    command: echo ${A!x}\n'),
  'an unclosed variable': service('    command: echo ${A\n'),
  'a variable that is not a number': { ...service('    cpu_shares: ${N}\n'), env: { N: 'many' } },

  // Several files.
  'a missing file': { files: {}, load: ['nope.yaml'] },
  'an override of another type': {
    files: {
      'compose.yaml': 'services:\n  web:\n    image: nginx\n    ports:\n      - 80:80\n',
      'over.yaml': 'services:\n  web:\n    ports:\n      http: 80\n',
    },
    load: ['compose.yaml', 'over.yaml'],
  },
  'a mistake in the override file': {
    files: {
      'compose.yaml': 'services:\n  web:\n    image: nginx\n',
      'over.yaml': 'services:\n  web:\n    imgae: httpd\n',
    },
    load: ['compose.yaml', 'over.yaml'],
  },
  'extends of a service that does not exist': {
    files: {
      'compose.yaml':
        'services:\n  web:\n    extends:\n      file: base.yaml\n      service: bsae\n',
      'base.yaml': 'services:\n  base:\n    image: nginx\n',
    },
  },
  'extends of a file that does not exist': one(
    'services:\n  web:\n    extends:\n      file: base.yaml\n      service: base\n',
  ),
  'services that extend each other': one('services:\n  a:\n    extends: b\n  b:\n    extends: a\n'),
  'a mistake in an extended file': {
    files: {
      'compose.yaml':
        'services:\n  web:\n    extends:\n      file: base.yaml\n      service: base\n',
      'base.yaml': 'services:\n  base:\n    image: nginx\n    comand: x\n',
    },
  },
  'files that include each other': {
    files: { 'compose.yaml': 'include: [a.yaml]\n', 'a.yaml': 'include: [compose.yaml]\n' },
  },
  'an include that does not exist': one('include: [nope.yaml]\nservices:\n  web:\n    image: x\n'),
  'a missing env file': service('    env_file: nope.env\n'),
  'a missing env file given on the command line': { ...service(''), envFiles: ['nope.env'] },
  'a broken env file': {
    files: {
      'compose.yaml': 'services:\n  web:\n    image: nginx\n    env_file: app.env\n',
      'app.env': 'A=1\nB C=2\n',
    },
  },
  'a broken .env': {
    files: { 'compose.yaml': 'services:\n  web:\n    image: nginx\n', '.env': 'A="open\n' },
  },
  'an invalid project name': { ...service(''), projectName: 'My Proj' },
  'no Compose file at all': { files: {} },
};
