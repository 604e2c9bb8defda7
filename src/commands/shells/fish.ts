/** What fish sources, or finds as `completions/PROGRAM.fish`. */
export const fish = String.raw`# fish completion of PROGRAM, to be sourced:  PROGRAM completion fish | source
function _FUNCTION
    set -l before (commandline -opc)
    set -l begun (commandline -ct)
    set -l answer ($before[1] __complete $before[2..-1] "$begun" 2>/dev/null)
    or return
    set -l directive (string sub -s 2 -- $answer[-1])
    set -e answer[-1]
    set -l flag (string match -r -- '^--[^=]*=' "$begun")
    set -l value (string replace -r -- '^--[^=]*=' '' "$begun")
    if test (math "bitand($directive, 8)") -ne 0
        set -l wanted '^[^\t]*(?:/|\.(?:'(string join '|' -- $answer)'))(?=\t|$)'
        __fish_complete_path "$value" | string match -r -- $wanted | string replace -r -- '^' "$flag"
    else if test (math "bitand($directive, 16)") -ne 0
        __fish_complete_directories "$value" | string replace -r -- '^' "$flag"
    else
        test (count $answer) -eq 0
        or string replace -r -- '^' "$flag" $answer
        if test (math "bitand($directive, 4)") -eq 0
            __fish_complete_path "$value" | string replace -r -- '^' "$flag"
        end
    end
end
complete -c PROGRAM -e
complete -c PROGRAM -f -a '(_FUNCTION)'
`;
