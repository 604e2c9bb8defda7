/** What the fake of DigitalOcean sells. */

const SLUGS = ['ams3', 'fra1', 'lon1', 'nyc1', 'nyc3', 'sfo3', 'sgp1'];

export const regions = [
  ...SLUGS.map((slug) => ({
    slug,
    name: `Region ${slug}`,
    features: ['backups', 'ipv6', 'metadata'],
    available: true,
    sizes: ['s-1vcpu-1gb', 's-1vcpu-2gb'],
  })),
  { slug: 'nyc2', name: 'Region nyc2', features: [], available: false, sizes: [] },
];

function size(slug: string, figures: readonly number[], where = SLUGS) {
  const [vcpus = 1, memory = 1024, disk = 25, price = 6] = figures;
  return {
    slug,
    memory,
    vcpus,
    disk,
    transfer: 1,
    price_monthly: price,
    price_hourly: price / 672,
    regions: where,
    available: true,
    description: 'Basic',
  };
}

export const sizes = [
  size('s-1vcpu-1gb', [1, 1024, 25, 6]),
  size('s-1vcpu-2gb', [1, 2048, 50, 12]),
  size('s-2vcpu-4gb', [2, 4096, 80, 24]),
  size('c-32-intel', [32, 65_536, 400, 874], ['fra1']),
];

function image(id: number, distribution: string, name: string, slug: string | null) {
  return {
    id,
    name,
    type: slug === null ? 'snapshot' : 'base',
    distribution,
    slug,
    public: slug !== null,
    regions: SLUGS,
    created_at: '2026-01-10T00:00:00Z',
    min_disk_size: 7,
    size_gigabytes: 1.2,
    tags: [],
    status: 'available',
  };
}

export const images = [
  image(101, 'Debian', '11 x64', 'debian-11-x64'),
  image(102, 'Debian', '12 x64', 'debian-12-x64'),
  image(103, 'Debian', '13 x64', 'debian-13-x64'),
  image(104, 'Ubuntu', '22.04 (LTS) x64', 'ubuntu-22-04-x64'),
  image(105, 'Ubuntu', '24.04 (LTS) x64', 'ubuntu-24-04-x64'),
  image(106, 'Fedora', '42 x64', 'fedora-42-x64'),
];

export const privateImages = [image(900, 'Debian', 'golden', null)];

export const vpcs = [
  {
    id: '5a4981aa-9653-4bd1-bef5-d6bff52042e4',
    urn: 'do:vpc:5a4981aa-9653-4bd1-bef5-d6bff52042e4',
    name: 'default-nyc3',
    region: 'nyc3',
    ip_range: '10.10.10.0/24',
    default: true,
    created_at: '2026-01-10T00:00:00Z',
  },
  {
    id: 'e0fe0f4d-596a-465e-a902-571ce57b79fa',
    urn: 'do:vpc:e0fe0f4d-596a-465e-a902-571ce57b79fa',
    name: 'backend',
    region: 'nyc3',
    ip_range: '10.10.11.0/24',
    default: false,
    created_at: '2026-01-10T00:00:00Z',
  },
];

export const projects = [{ id: '4e1bfbc3-dc3e-41f2-a18f-1b4d7ba71679', name: 'Staging' }];

export const account = {
  droplet_limit: 25,
  floating_ip_limit: 3,
  email: 'somebody@example.com',
  uuid: 'b6fr89dbf6d9156cace5f3c78dc9851d957381ef',
  email_verified: true,
  status: 'active',
  status_message: '',
};
