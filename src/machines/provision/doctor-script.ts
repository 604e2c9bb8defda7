/** Added to the facts script by `machine doctor`: what matters only when something is wrong. */
export const DOCTOR_SCRIPT = `
listening() { if has ss; then ss -H -ltn | sed 's/  */ /g' | cut -d' ' -f4; else
  cat /proc/net/tcp /proc/net/tcp6 | while read -r n local remote state rest; do [ "$state" = 0A ] && echo "hex $local"; done; fi; }
s listening listening
s docker-socket stat -L -c '%a %U %G' /var/run/docker.sock
reboot() { [ -e /run/reboot-required ] && { cat /run/reboot-required.pkgs; echo yes; }; }
s reboot reboot
updates() { for unit in unattended-upgrades.service apt-daily-upgrade.timer dnf-automatic.timer dnf-automatic-install.timer dnf5-automatic.timer; do
  systemctl is-enabled --quiet $unit && echo $unit; done; }
s updates updates
s failed systemctl --failed --no-legend --plain
journal() { [ "$(systemctl is-active docker.service)" = active ] || $as journalctl -u docker.service -n 30 --no-pager -o cat; }
s journal journal
check() { $as "$dockerd" --validate --config-file /etc/docker/daemon.json 2>&1 | grep -v 'configuration OK'; }
[ -n "$dockerd" ] && [ -e /etc/docker/daemon.json ] && "$dockerd" --help 2>/dev/null | grep -q -- --validate && s validation check
`;
