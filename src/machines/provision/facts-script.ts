/**
 * Everything that provisioning wants to know of a host, asked in one call: a script for any POSIX shell that
 * changes nothing. It prints sections, `name:` and below it lines that begin with a blank, so that whatever a file
 * holds cannot be taken for the next section. What needs root is asked through sudo where that needs no password.
 */
export const FACTS_SCRIPT = `
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin:/usr/local/sbin"
s() { printf '%s:\\n' "$1"; shift; "$@" 2>/dev/null </dev/null | sed 's/^/ /'; echo; }
has() { command -v "$1" >/dev/null 2>&1; }
as=
if [ "$(id -u)" = 0 ]; then root=root
elif ! has sudo; then root=no-sudo
elif why=$(sudo -n true 2>&1); then root=sudo; as='sudo -n'
else case "$why" in
  *'not in the sudoers'*|*'not allowed'*|*'may not run'*) root=denied;;
  *tty*) root=needs-tty;;
  *) root=password;; esac
fi
s root echo "$root"
s user id -un
s groups id -Gn "$(id -un)"
s architecture uname -m
s hostname uname -n
s os-release cat /etc/os-release
s init cat /proc/1/comm
s time date +%s
for tool in apt-get dnf yum zypper apk pacman; do has $tool && { s packager echo $tool; break; }; done
unit() { systemctl show docker.service -p LoadState,ActiveState,UnitFileState,FragmentPath,NeedDaemonReload; }
s unit unit
s socket systemctl is-active docker.socket
fragment=$(systemctl show docker.service -p FragmentPath 2>/dev/null)
[ -n "\${fragment#*=}" ] && s fragment cat "\${fragment#*=}"
for file in /etc/systemd/system/docker.service.d/*.conf /run/systemd/system/docker.service.d/*.conf; do
  [ -e "$file" ] || continue
  s "dropin $file" $as cat "$file"
done
[ -e /etc/docker/daemon.json ] && s daemon.json $as cat /etc/docker/daemon.json
$as test -e /etc/docker/tcompose.env && s engine-env $as cat /etc/docker/tcompose.env
$as test -e /var/lib/tcompose/engine.json && s record $as cat /var/lib/tcompose/engine.json
# Certificates lie where tcompose puts them, or where the drop-ins of others name them.
named() { for file in /etc/systemd/system/docker.service.d/*.conf /run/systemd/system/docker.service.d/*.conf; do
  $as cat "$file"; done | grep -o -e '--tls\\(cacert\\|cert\\|key\\)[= ][^/]*/[^ ]*' | sed 's/^[^/]*//; s/[^A-Za-z0-9._/-].*//'; }
tls() { $as sha256sum /etc/docker/tls/ca.pem /etc/docker/tls/server.pem /etc/docker/tls/server-key.pem $(named); }
s tls tls
dockerd=$(command -v dockerd)
if [ -n "$dockerd" ]; then
  s dockerd echo "$dockerd"
  s dockerd-version "$dockerd" --version
  if has dpkg-query; then s owner dpkg-query -S "$dockerd" "/usr/sbin/\${dockerd##*/}" "/usr/bin/\${dockerd##*/}"
  elif has rpm; then s owner rpm -qf --qf '%{NAME}: %{VERSION}\\n' "$dockerd"; fi
fi
# Asking an engine that does not run would start it, by its socket.
if has docker && [ "$(systemctl is-active docker.service 2>/dev/null)" = active ]; then
  s info $as timeout 20 docker -H unix:///var/run/docker.sock info --format '{{json .}}'
fi
own=\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/docker.sock
if [ -S "$own" ]; then
  s rootless echo "$own"
  rootless() { has docker && timeout 20 docker -H "unix://$own" version --format '{{.Server.Version}}'; }
  s rootless-version rootless
  lingering() { [ "$(id -u)" = 0 ] || ls "/var/lib/systemd/linger/$(id -un)"; }
  s rootless-lingers lingering
fi
if has dpkg-query; then
  packages() { dpkg-query -W -f '\${db:Status-Abbrev} \${Package} \${Version}\\n' docker.io docker-cli docker-ce docker-ce-cli \\
    containerd.io containerd runc docker-buildx-plugin docker-buildx moby-engine ca-certificates apparmor snapd; }
  s packages packages
  # apt refuses to work as long as dpkg's own journal is not empty, whatever the audit says.
  audit() { $as dpkg --audit; ls /var/lib/dpkg/updates | grep '^[0-9]'; }
  s audit audit
elif has rpm; then
  packages() { rpm -q --qf 'ii %{NAME} %{VERSION}-%{RELEASE}\\n' docker docker-ce docker-ce-cli containerd.io containerd runc moby-engine docker-cli \\
    docker-buildx-plugin docker-engine podman podman-docker ca-certificates | grep '^ii '; }
  s packages packages
fi
if has apt-cache; then
  s versions apt-cache madison docker.io docker-ce
  # Files of lists have the archive's times, but the folder that they pass through has the host's.
  fetched() { ls /var/lib/apt/lists/*_Packages* >/dev/null && stat -c %Y /var/lib/apt/lists/partial; }
  s lists fetched
fi
sources() { cat /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/yum.repos.d/* | grep -v '^ *#' | grep -o 'https*://[^ ]*download.docker.com[^ ]*\\|^enabled=.*docker.*'; }
s docker-sources sources
[ -d /run/cloud-init ] && { s cloud-init-state cat /run/cloud-init/status.json; s cloud-init-result cat /run/cloud-init/result.json
  [ -e /run/cloud-init/disabled ] && s cloud-init-off echo yes
  cloud_units() { for unit in cloud-init-local cloud-init-main cloud-init cloud-init-network cloud-config cloud-final; do
    echo "$unit $(systemctl is-active $unit.service)"; done; }
  [ -e /run/cloud-init/result.json ] || s cloud-init-units cloud_units; }
s apparmor cat /sys/module/apparmor/parameters/enabled
s disk df -Pk /var/lib /var/cache /etc /tmp
s memory grep -E '^(MemTotal|MemAvailable|SwapTotal)' /proc/meminfo
`;

/**
 * Added where it matters whether Docker's own package repository can be reached: a connection within four seconds,
 * directly or through the proxy that apt or dnf uses, which has to agree to it.
 */
export const REACH_SCRIPT = `
of_apt() { apt-config dump 2>/dev/null | sed -n "s/^Acquire::$1::Proxy \\"\\(.*\\)\\";/\\1/p" | tail -n 1; }
proxied() {
  if has apt-config; then found=$(of_apt https); echo "\${found:-$(of_apt http)}"
  else sed -n 's/^ *proxy *= *//p' /etc/dnf/dnf.conf /etc/yum.conf 2>/dev/null | head -n 1; fi
}
reach() {
  proxy=\${https_proxy:-$(proxied)}
  case "$proxy" in ''|DIRECT|none|_none_) host=download.docker.com; port=443; proxy=; user=;;
  *) host=\${proxy#*://}; host=\${host%%/*}; user=
    case "$host" in *@*) user=\${host%@*}; host=\${host##*@};; esac
    port=\${host##*:}; host=\${host%:*}; [ "$port" != "$host" ] || port=80;; esac
  export host port proxy user
  timeout 4 bash -s <<'END' && echo yes
exec 3<>"/dev/tcp/$host/$port" || exit 1
[ -n "$proxy" ] || exit 0
printf 'CONNECT download.docker.com:443 HTTP/1.1\\r\\nHost: download.docker.com:443\\r\\n' >&3
[ -z "$user" ] || printf 'Proxy-Authorization: Basic %s\\r\\n' "$(printf %s "$user" | base64 -w0)" >&3
printf '\\r\\n' >&3
read -r _ code _ <&3 && [ "$code" = 200 ]
END
}
[ -n "$dockerd" ] || s docker-reached reach
`;
