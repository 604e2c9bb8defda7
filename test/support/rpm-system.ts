/**
 * Makes a Debian host into one of the Red Hat family, as far as provisioning sees: dnf and rpm instead of apt and dpkg,
 * a system's name, and Docker's package repository at https://download.docker.com, signed, with an engine of three
 * versions, the last of which does not start. Needs `RPM_PACKAGES` in the host's image.
 */
import type { TestHost } from './hosts.ts';

export const RPM_PACKAGES = ['dnf', 'rpm', 'createrepo-c', 'gnupg'];

/** Fingerprint of the key that the packages are signed with. */
export async function makeRpmSystem(host: TestHost): Promise<string> {
  await host.shell(PROGRAMS);
  await host.shell(`cat >/srv/engine.spec <<'END'\n${ENGINE}END`);
  await host.shell(`cat >/srv/other.spec <<'END'\n${OTHER}END`);
  await host.shell(`cat >/srv/serve.py <<'END'\n${SERVER}END`);
  const fingerprint = await host.shell(REPOSITORY);
  await host.shell(SYSTEM);
  return fingerprint.trim();
}

/** Debian's, which the packages only point to: so they are made quickly. */
const PROGRAMS = `set -e
mkdir -p /srv/parts && cd /srv && apt-get -qq update
apt-get -qq -o APT::Sandbox::User=root download docker.io containerd runc tini
for file in *.deb; do dpkg-deb -x "$file" parts && rm "$file"; done
`;

const COMMON = `%global debug_package %{nil}
%global __os_install_post %{nil}
`;

const link = (from: string, to: string): string =>
  `printf '#!/bin/sh\\nexec ${from} "$@"\\n' >%{buildroot}${to}; chmod 755 %{buildroot}${to}\n`;

const UNITS = '/srv/parts/lib/systemd/system';

const ENGINE = `${COMMON}Name: docker-ce
Epoch: 3
Version: %{ver}
Release: 1.el9
Summary: stand-in
License: none
BuildArch: noarch
AutoReqProv: no
Requires: docker-ce-cli, containerd.io
%description
stand-in
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/lib/systemd/system
${link('/srv/parts/usr/sbin/dockerd', '/usr/bin/dockerd')}${link('/srv/parts/usr/sbin/docker-proxy', '/usr/bin/docker-proxy')}${link('/srv/parts/usr/bin/docker', '/usr/bin/docker')}ln -s /srv/parts/usr/bin/tini %{buildroot}/usr/bin/docker-init
[ %{ver} != 29.0.0 ] || printf '#!/bin/sh\\necho "failed to start daemon: the data is too old" >&2\\nexit 1\\n' >%{buildroot}/usr/bin/dockerd
sed 's,/usr/sbin/dockerd,/usr/bin/dockerd,;/^EnvironmentFile/d;s/ $DOCKER_OPTS//' ${UNITS}/docker.service >%{buildroot}/usr/lib/systemd/system/docker.service
cp ${UNITS}/docker.socket %{buildroot}/usr/lib/systemd/system/
%post
getent group docker >/dev/null || groupadd --system docker
systemctl daemon-reload
%postun
systemctl daemon-reload
[ $1 -lt 1 ] || systemctl try-restart docker.service || :
%files
/usr/bin/dockerd
/usr/bin/docker-proxy
/usr/bin/docker-init
/usr/lib/systemd/system/docker.service
/usr/lib/systemd/system/docker.socket
%package -n docker-ce-cli
Summary: stand-in
Epoch: 1
AutoReqProv: no
%description -n docker-ce-cli
stand-in
%files -n docker-ce-cli
/usr/bin/docker
`;

const OTHER = `${COMMON}Name: containerd.io
Version: 1.7.28
Release: 1.el9
Summary: stand-in
License: none
BuildArch: noarch
AutoReqProv: no
%description
stand-in
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/lib/systemd/system
for name in bin/containerd bin/containerd-shim-runc-v2 sbin/runc; do ln -s /srv/parts/usr/$name %{buildroot}/usr/bin/; done
cp ${UNITS}/containerd.service %{buildroot}/usr/lib/systemd/system/
%files
/usr/bin/*
/usr/lib/systemd/system/containerd.service
%package -n docker-buildx-plugin
Summary: stand-in
Version: 0.29.1
AutoReqProv: no
%description -n docker-buildx-plugin
stand-in
%files -n docker-buildx-plugin
%package -n stand-in-base
Summary: what a system has
Provides: /bin/sh
AutoReqProv: no
%description -n stand-in-base
stand-in
%files -n stand-in-base
`;

const SERVER = `import http.server, os, ssl
os.chdir('/srv/www')
server = http.server.ThreadingHTTPServer(('127.0.0.1', 443), http.server.SimpleHTTPRequestHandler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('/srv/tls.pem')
server.socket = context.wrap_socket(server.socket, server_side=True)
print(flush=True)
server.serve_forever()
`;

/** Signed and served; prints the fingerprint of the key. */
const REPOSITORY = `set -e
exec 3>&1 >/dev/null
repo=/srv/www/linux/centos/9/x86_64/stable
export GNUPGHOME=/srv/gnupg
mkdir -p $repo && mkdir -m 700 $GNUPGHOME
gpg --batch -q --passphrase '' --quick-generate-key 'Stand-in <docker@invalid>' rsa2048 sign 1d
for version in 28.5.1 28.5.2 29.0.0; do rpmbuild -bb --quiet -D "ver $version" -D "_rpmdir $repo" /srv/engine.spec; done
rpmbuild -bb --quiet -D "_rpmdir $repo" /srv/other.spec
mv $repo/noarch/* $repo/ && rmdir $repo/noarch
rpmsign -D '__gpg /usr/bin/gpg' -D '_gpg_name Stand-in' --addsign $repo/*.rpm
createrepo_c -q $repo
gpg --armor --export >/srv/www/linux/centos/gpg
cd /srv
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=download.docker.com \
  -addext subjectAltName=DNS:download.docker.com -keyout key.pem -out cert.pem
cat key.pem cert.pem >tls.pem
cp cert.pem /usr/local/share/ca-certificates/docker-test.crt && update-ca-certificates
echo '127.0.0.1 download.docker.com' >>/etc/hosts
systemd-run -q --unit=docker-test python3 /srv/serve.py
gpg --with-colons --list-keys | sed -n 's/^fpr:*\\([0-9A-F]*\\):/\\1/p' | head -n 1 >&3
gpgconf --kill all
`;

/** Its name and its package managers. */
const SYSTEM = `set -e
mkdir -p /opt/dpkg /etc/dnf/vars /etc/rpm /etc/yum.repos.d
echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros
rpm -i --nosignature --force-debian /srv/www/linux/centos/9/x86_64/stable/stand-in-base-*.rpm
cd /usr/bin && mv dpkg dpkg-query apt-get apt-cache apt-config apt-mark /opt/dpkg/
echo 9 >/etc/dnf/vars/releasever
rm -f /etc/os-release
printf 'ID="rocky"\\nID_LIKE="rhel centos fedora"\\nVERSION_ID="9.4"\\nPRETTY_NAME="Rocky Linux 9.4"\\n' >/etc/os-release
`;
