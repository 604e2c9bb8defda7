/**
 * What bash sources. It puts words together again that bash split at `=` and `:`, asks the program, and
 * takes off what bash keeps of the word.
 */
export const bash = String.raw`# bash completion of PROGRAM, to be sourced:  source <(PROGRAM completion bash)
_FUNCTION() {
  local line=$@{COMP_LINE:0:COMP_POINT} blank word piece i
  local -a words
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=$@{COMP_WORDS[i]}
    blank=$@{line%%[![:space:]]*}
    line=$@{line#"$blank"}
    if ((i == COMP_CWORD)); then word=$line; fi
    line=$@{line#"$word"}
    if ((i == 0)) || [[ -n $blank ]]; then
      words[$@{#words[@]}]=$word
    else
      words[$@{#words[@]} - 1]+=$word
    fi
  done
  piece=$word
  [[ $piece != [=:] ]] || piece=
  local current=$@{words[$@{#words[@]} - 1]} flag= value
  local kept=$@{current%"$piece"}
  [[ $current != --*=* ]] || flag=$@{current%%=*}=
  value=$@{current#"$flag"}

  local answer directive offer
  answer=$("$@{words[0]/#\~/$HOME}" __completeNoDesc "$@{words[@]:1}" 2>/dev/null) || return
  directive=$@{answer##*:}
  answer=$@{answer%:*}
  COMPREPLY=()
  if ((directive & 8)); then
    while IFS= read -r offer; do
      [[ -d $offer || " $@{answer//$'\n'/ } " == *" $@{offer##*.} "* ]] || continue
      COMPREPLY[$@{#COMPREPLY[@]}]=$offer
    done < <(compgen -f -- "$value")
    compopt -o filenames 2>/dev/null
  elif ((directive & 16)); then
    while IFS= read -r offer; do COMPREPLY[$@{#COMPREPLY[@]}]=$offer; done < <(compgen -d -- "$value")
    compopt -o filenames 2>/dev/null
  else
    while IFS= read -r offer; do
      [[ -z $offer ]] || COMPREPLY[$@{#COMPREPLY[@]}]=$@{flag}$offer
    done <<<"$answer"
    if ((!(directive & 4) && $@{#COMPREPLY[@]} == 0)); then
      while IFS= read -r offer; do COMPREPLY[$@{#COMPREPLY[@]}]=$flag$offer; done < <(compgen -f -- "$value")
      compopt -o filenames 2>/dev/null
    fi
    for i in "$@{!COMPREPLY[@]}"; do COMPREPLY[i]=$@{COMPREPLY[i]#"$kept"}; done
  fi
  ((!(directive & 2))) || compopt -o nospace 2>/dev/null
  return 0
}
complete -F _FUNCTION PROGRAM
`;
