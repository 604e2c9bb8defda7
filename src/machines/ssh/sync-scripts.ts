/**
 * What a sync runs on the host. Containers may write in the folder, and so may put a link where there was a directory:
 * nothing here follows one. A directory is entered and asked where it is, and then only names without a slash are
 * used, so that whatever a link leads to stays as it is.
 */

/** `at DIRECTORY`: enters it; fails when a link is on the way. */
const AT = `
at() { cd -P -- "$1" 2>/dev/null && [ "$(pwd -P; echo .)" = "$1
." ]; }
`;

/**
 * Makes the folder `$1` unless it is there, with a note `$2` that says that it is new; prints the note. What a sync that
 * failed has left beside it goes first: where the disk is full, it may be what fills it.
 */
export const PREPARE = `
umask 077
rm -rf -- "$1.new"
mkdir -p -- "\${1%/*}" || exit
if [ -L "$1" ] || { [ -e "$1" ] && [ ! -d "$1" ]; }; then
  echo "$1 is no directory" >&2
  exit 1
fi
if [ ! -d "$1" ]; then printf '{"":""}\\n' >"$2" && mkdir -- "$1" || exit; fi
if [ -e "$2" ]; then cat -- "$2"; fi
`;

/** Adds standard input to the note `$1`. */
export const NOTE = 'umask 077; cat >>"$1"';

/**
 * `whole FILE LENGTH`: puts standard input into a file, unless it is cut off: a command does not notice that its
 * connection is lost, and half a list of names ends in half a name.
 */
const WHOLE = `
whole() { cat >"$1" && [ "$(wc -c <"$1")" -eq "$2" ]; }
`;

/** Puts standard input of `$2` bytes in place of the note `$1`. */
export const REWRITE_NOTE = `${WHOLE}
umask 077
whole "$1.new" "$2" && mv -f -- "$1.new" "$1"
`;

/** Removes all links below `$1`. */
export const UNLINK = 'exec find "$1" -type l -exec rm -f -- {} +';

/** Unpacks an archive in the directory `$1`, where no link may be that the archive does not have. */
export const UNPACK = 'exec tar -xpf - -C "$1"';

/** As {@link UNPACK}, in a new directory. */
export const UNPACK_ASIDE = 'rm -rf -- "$1" && mkdir -- "$1" && exec tar -xpf - -C "$1"';

/** Removes names below `$1`, directories only when nothing else is in them. */
export const REMOVE = inRoot(
  `${AT}
for path; do
  case $path in */*) in=$root/\${path%/*} ;; *) in=$root ;; esac
  at "$in" || continue
  name=./\${path##*/}
  if [ -L "$name" ] || [ ! -d "$name" ]; then rm -f -- "$name" || exit 255
  else rmdir -- "$name" 2>/dev/null; fi
done
exit 0`,
);

/**
 * Brings what lies in `$2` to `$1`, directory by directory: each word is a mode and an owner, or nothing,
 * before a slash and a path. Files are replaced at once.
 */
export const PLACE = inRoot(
  `${AT}
fail() { echo "$1" >&2; exit 255; }
own() {
  chmod "\${1%%:*}" . || exit 255
  [ "$(id -u)" != 0 ] || chown "\${1#*:}" . || exit 255
}
move() {
  set --
  for file in "$from"/* "$from"/.[!.]* "$from"/..?*; do
    if [ -L "$file" ]; then set -- "$@" "$file"
    elif [ -e "$file" ] && [ ! -d "$file" ]; then set -- "$@" "$file"; fi
  done
  [ $# = 0 ] || mv -f -- "$@" ./ || exit 255
}
for word; do
  mode=\${word%%/*} path=\${word#*/} dir=$root
  if [ "$path" != . ]; then
    dir=$root/$path
    case $path in */*) in=$root/\${path%/*} ;; *) in=$root ;; esac
    at "$in" || fail "$in changes while it is copied to"
    name=./\${path##*/}
    if [ -L "$name" ] || { [ -e "$name" ] && [ ! -d "$name" ]; }; then rm -f -- "$name" || exit 255; fi
    [ -d "$name" ] || mkdir -- "$name" || exit 255
  fi
  at "$dir" || fail "$dir changes while it is copied to"
  from=$stage/$path
  move
  [ -z "$mode" ] || own "$mode"
done
exit 0`,
);

/**
 * Puts the file `$3` of `$2` into the one of that name in `$1`, without replacing it: a container that has it mounted
 * sees what it becomes.
 */
export const REWRITE = `
cd -P -- "$1" || exit
new=$2/$3
file=./$3
if [ -L "$file" ] || [ ! -f "$file" ]; then exec mv -f -- "$new" "$file"; fi
chmod u+w -- "$file" 2>/dev/null
cat -- "$new" >"$file" && chmod "$(stat -c %a -- "$new")" -- "$file" && touch -r "$new" -- "$file" || exit
if [ "$(id -u)" = 0 ]; then chown "$(stat -c %u:%g -- "$new")" -- "$file"; fi
`;

/** A script that gives another one the words of standard input, `$3` bytes that end in NUL each. */
function inRoot(script: string): string {
  return `
${WHOLE}
root=$(cd -P -- "$1" && pwd -P) || exit
stage=$2
export root stage
whole "$1.words" "$3" || exit
xargs -0 sh -c '${script}' sh <"$1.words" || exit
rm -f -- "$1.words"
`;
}
