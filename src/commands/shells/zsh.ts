/** What zsh sources, or finds as a file `_PROGRAM` on its `fpath`. */
export const zsh = String.raw`#compdef PROGRAM
# zsh completion of PROGRAM, to be sourced after compinit:  source <(PROGRAM completion zsh)
_FUNCTION() {
  local answer directive line
  local -a offers extensions
  answer=$("$@{(Q)words[1]}" __complete "$@{(@Q)words[2,CURRENT-1]}" "$@{(Q)PREFIX}" 2>/dev/null) || return 1
  directive=$@{answer##*:}
  for line in "$@{(@f)$@{answer%:*}}"; do
    [[ -n $line ]] || continue
    extensions+=("$line")
    if [[ $line == *$'\t'* ]]; then
      offers+=("$@{$@{line%%$'\t'*}//:/\\:}:$@{line#*$'\t'}")
    else
      offers+=("$@{line//:/\\:}")
    fi
  done
  [[ $PREFIX != --*=* ]] || compset -P '*='
  if ((directive & 8)); then
    _files -g "*.($@{(j:|:)extensions})"
  elif ((directive & 16)); then
    _files -/
  else
    if (($@{#offers})); then
      if ((directive & 2)); then _describe -V PROGRAM offers -S ''; else _describe -V PROGRAM offers; fi
    fi
    ((directive & 4)) || _files
  fi
}
if [[ $@{funcstack[1]} == _FUNCTION ]]; then _FUNCTION "$@"; else compdef _FUNCTION PROGRAM; fi
`;
