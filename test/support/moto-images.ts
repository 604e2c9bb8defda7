/** Images that the emulated EC2 has, of the owners and with the names that the real ones have. */

const DEBIAN = '136693071363';
const UBUNTU = '099720109477';

interface MotoImage {
  readonly ami_id: string;
  readonly name: string;
  readonly owner_id: string;
  readonly architecture: string;
  readonly creation_date: string;
  readonly root_device_name: string;
  readonly [key: string]: unknown;
}

export const motoImages: readonly MotoImage[] = [
  debian('ami-0deb1200000000001', 12, 'amd64', '20260901-1'),
  debian('ami-0deb1200000000002', 12, 'arm64', '20260901-1'),
  debian('ami-0deb1300000000001', 13, 'amd64', '20260701-1'),
  debian('ami-0deb1300000000003', 13, 'amd64', '20261001-1'),
  debian('ami-0deb1300000000002', 13, 'arm64', '20261001-1'),
  ubuntu('ami-0abc2204000000001', 'jammy-22.04', 'amd64', '20261101'),
  ubuntu('ami-0abc2404000000001', 'noble-24.04', 'amd64', '20260101'),
  ubuntu('ami-0abc2404000000003', 'noble-24.04', 'amd64', '20261015'),
  ubuntu('ami-0abc2404000000002', 'noble-24.04', 'arm64', '20261015'),
  // Newer, but no release with long support.
  ubuntu('ami-0abc2510000000001', 'questing-25.10', 'amd64', '20261110'),
  // Anybody can take such a name.
  {
    ...ubuntu('ami-0bad2404000000001', 'noble-24.04', 'amd64', '20261120'),
    owner_id: '666666666666',
  },
];

function debian(id: string, version: number, arch: string, date: string): MotoImage {
  return image(id, DEBIAN, `debian-${version}-${arch}-${date}`, {
    arch,
    date: date.slice(0, 8),
    root: '/dev/xvda',
  });
}

function ubuntu(id: string, release: string, arch: string, date: string): MotoImage {
  const name = `ubuntu/images/hvm-ssd-gp3/ubuntu-${release}-${arch}-server-${date}`;
  return image(id, UBUNTU, name, { arch, date, root: '/dev/sda1' });
}

function image(
  id: string,
  owner: string,
  name: string,
  { arch, date, root }: { readonly arch: string; readonly date: string; readonly root: string },
): MotoImage {
  return {
    ami_id: id,
    name,
    description: name,
    owner_id: owner,
    public: true,
    virtualization_type: 'hvm',
    architecture: arch === 'arm64' ? 'arm64' : 'x86_64',
    state: 'available',
    platform: null,
    image_type: 'machine',
    hypervisor: 'xen',
    root_device_name: root,
    root_device_type: 'ebs',
    sriov: 'simple',
    creation_date: `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}T00:00:00.000Z`,
  };
}
