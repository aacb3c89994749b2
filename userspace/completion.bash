# SPDX-License-Identifier: GPL-2.0-only
# Completion of hookcost in bash, for the package bash-completion, which loads it. It knows no
# names: commands, options and the kinds of their arguments are what --help says, and what there
# is of a kind (BENCH, DEVICE ...) is what "hookcost list --names" says.
# shellcheck shell=bash disable=SC2034,SC2207

# Those of the lines on stdin that begin as $1 does, with $2 before them. The names are data: one
# of a netdev may look like a command.
_hookcost_offer()
{
	local name

	while IFS= read -r name; do
		[[ $name && $name == "$1"* ]] && COMPREPLY+=("$2$(printf %q "$name")")
	done
}

# What stands for $2 in the help of the tool $1
_hookcost_kind()
{
	local kind=${2,,}

	case $2 in
	*.json)	_filedir json ;;
	FILE)	_filedir ;;
	# of a list, the last one
	*,...)	[[ $cur == *,* ]] || set -- "$1" "$2" ""
		_hookcost_offer "${cur##*,}" "${3-${cur%,*},}" < <("$1" list --names "${kind%,...}" 2>/dev/null) ;;
	*)	_hookcost_offer "$cur" "" < <("$1" list --names "$kind" 2>/dev/null) ;;
	esac
}

# What the usage lines in the help $2 of the tool $1 have at the place after the words $3...
_hookcost_place()
{
	local help=$2 tool=$1 line word i token
	local -a tokens
	shift 2

	while IFS= read -r line; do
		# words, none of them a pattern for files
		IFS=' ' read -ra tokens <<<"$line"
		i=0
		for word; do
			token=${tokens[i]-}
			token=${token//[][]/}
			[[ $token && $token != -* ]] || continue 2
			[[ $token != "${token,,}" || $token == "$word" ]] || continue 2
			[[ $token == *... ]] || ((++i))
		done
		token=${tokens[i]-}
		token=${token//[][]/}
		token=${token%...}
		if [[ ! $token || $token == -* ]]; then
			continue
		elif [[ $token == "${token,,}" ]]; then
			_hookcost_offer "$cur" "" <<<"$token"
		else
			_hookcost_kind "$tool" "$token"
		fi
	done < <(sed -nE 's/^(Usage| +or): +hookcost [a-z]+ \[OPTION\.\.\.\] ?//p' <<<"$help")
}

# Sets argument to what the option $1 takes according to the help $2, or to nothing
_hookcost_argument()
{
	local option=${1//[^a-zA-Z0-9-]/}

	argument=$(sed -nE "s/^ +(-., )?--[a-z-]+=([^ ]+).*/&\n\2/; T; /^ +$option, |[ ]$option=/{s/.*\n//p; q}" <<<"$2")
}

_hookcost()
{
	local cur prev words cword split command help argument i
	local -a done=()

	_init_completion -s || return
	for ((i = 1; i < cword; i++)); do
		[[ ${words[i]} == -* ]] || break
	done
	command=${words[i]-}
	if ((i >= cword)); then
		help=$("$1" --help 2>/dev/null) || return
		if [[ $cur == -* ]]; then
			COMPREPLY=($(compgen -W '$(_parse_help - <<<"$help")' -- "$cur"))
		else
			_hookcost_offer "$cur" "" < <(sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p' <<<"$help")
		fi
		return
	fi

	help=$("$1" "$command" --help 2>/dev/null) || return
	if [[ $prev == -* ]]; then
		_hookcost_argument "$prev" "$help"
		if [[ $argument ]]; then
			_hookcost_kind "$1" "$argument"
			return
		fi
	fi
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W '$(_parse_help - <<<"$help")' -- "$cur"))
		[[ ${COMPREPLY-} != *= ]] || compopt -o nospace
		return
	fi
	for ((i++; i < cword; i++)); do
		if [[ ${words[i]} == -* ]]; then
			_hookcost_argument "${words[i]}" "$help"
			[[ ! $argument || ${words[i]} == *=* ]] || ((++i))
		else
			done+=("${words[i]}")
		fi
	done
	_hookcost_place "$1" "$help" "${done[@]}"
} &&
	complete -F _hookcost hookcost
