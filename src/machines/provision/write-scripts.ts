/**
 * Writes its input to a file, by a temporary name in the same folder. Arguments: file, mode, where to keep what was
 * there before (or nothing), and a dockerd that has to find the new text valid (or nothing).
 */
export const WRITE = `set -e
umask 077
mkdir -p -m 0755 "$(dirname "$1")"
new="$1.tcompose-new"
trap 'rm -f "$new"' EXIT
cat >"$new"
chmod "$2" "$new"
if [ -n "$4" ]; then "$4" --validate --config-file "$new" >/dev/null; fi
if [ -n "$3" ] && [ -e "$1" ]; then cp -p "$1" "$3"; fi
sync "$new"
mv -f "$new" "$1"
`;

/** Stands below each text on standard input. */
export const END = '--- end of file ---';

/**
 * Replaces files all at once, as far as there is such a thing: each text is complete on the disk before the first name
 * is changed, so that neither a lost connection nor a full disk leaves some old and some new. Arguments: a dockerd that
 * has to find the first text valid as its configuration (or nothing), then of each file its path, its mode (`-`: it
 * goes) and where to keep what was there before. No text is a word of a command.
 */
export const REPLACE = `set -e
umask 077
validator=$1
shift
put() {
  while [ $# -gt 0 ]; do
    if [ "$2" != - ]; then
      mkdir -p -m 0755 "$(dirname "$1")"
      rm -f "$1.tcompose-new"
      whole=
      while IFS= read -r line; do
        if [ "$line" = '${END}' ]; then whole=yes; break; fi
        printf '%s\\n' "$line"
      done >"$1.tcompose-new"
      [ -n "$whole" ]
      chmod "$2" "$1.tcompose-new"
      sync "$1.tcompose-new"
    fi
    shift 3
  done
}
keep() {
  while [ $# -gt 0 ]; do
    if [ -e "$1" ]; then cp -p "$1" "$3"; sync "$3"; fi
    shift 3
  done
}
name() {
  while [ $# -gt 0 ]; do
    if [ "$2" = - ]; then rm -f "$1"; else mv -f "$1.tcompose-new" "$1"; fi
    shift 3
  done
}
drop() {
  while [ $# -gt 0 ]; do rm -f "$1.tcompose-new"; shift 3; done
}
trap 'drop "$@"' EXIT
put "$@"
if [ -n "$validator" ]; then "$validator" --validate --config-file "$1.tcompose-new" >/dev/null; fi
keep "$@"
name "$@"
`;
