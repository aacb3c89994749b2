#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by test-scripts.sh: what bash offers at a Tab, by the completion that is installed and
# the tool that was built
# shellcheck disable=SC2154

tool=$out/userspace/hookcost
library=/usr/share/bash-completion/bash_completion

# tab WORD...: what is offered for the last one, one in a line, in a shell of its own
cat >tab <<'END'
#!/bin/bash
library=$1
completion=$2
shift 2
source "$library"
source "$completion"
complete -p hookcost >/dev/null || exit
# bash splits at these; and so does Readline before it calls
COMP_WORDS=()
for word; do
	while [[ $word == *=* && $word == -* ]]; do
		COMP_WORDS+=("${word%%=*}" =)
		word=${word#*=}
	done
	COMP_WORDS+=("$word")
done
COMP_LINE="$*"
COMP_POINT=${#COMP_LINE}
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
COMPREPLY=()
compopt() { :; }
_hookcost "$1" "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]-}"
((!${#COMPREPLY[@]})) || printf '%s\n' "${COMPREPLY[@]}"
END
chmod +x tab
tab() { (cd files && "$own_net" ../tab "$library" "$top/userspace/completion.bash" "$tool" "$@"); }

# offers "NAME..." WORD...: these and no others
offers() {
	local want=$1
	shift

	diff <(tab "$@" | sort) <(tr ' ' '\n' <<<"$want" | sed '/^$/d' | sort)
}

commands() { "$tool" --help | sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p'; }
benches() { "$tool" list --json | jq -r '.benches[].name'; }
# --NAME or --NAME= of a command's help; it names -? twice
options() { "$tool" "$@" --help | sed -nE 's/^ +(-., )?(--[a-z-]+=?).*/\2/p'; }
same() { diff <(sort "$1") <(sort "$2"); }

all_commands() { tab "" >out && commands >want && [[ -s want ]] && same out want; }
all_benches() { tab run "" | grep -vxE 'all|figure14' >out; benches >want && [[ -s want ]] && same out want; }
# each command's, by the tool's own list
all_options() {
	local command

	for command in $(commands); do
		tab "$command" -- >out
		options "$command" >want
		[[ -s want ]] && same out want || { echo "$command"; return 1; }
	done
}
# what the tool takes as a name it offers, and the other way round
known_kinds() {
	local kind

	for kind in bench device hook netdev program target; do
		"$tool" list --names "$kind" >out || return
	done
	has=netdev
	! "$tool" list --names nonsense 2>err && [[ $(<err) == *"$has"* ]]
}
benches_are_taken() {
	local name

	for name in $("$tool" list --names bench); do
		"$tool" list "$name" >/dev/null || return
	done
}
hooks_are_taken() {
	# an interval that is refused, but after the hooks
	for name in $("$tool" list --names hook); do
		! "$tool" hooks --hook "$name" --interval none 2>err && grep -q none err || return
	done
}

# Netdevs of a namespace's own; one with a name that a shell would run
devices() {
	cat >netns <<-END
	#!/bin/bash
	ip link add eth7 type veth peer name 'x\$(>y)' || exit 4
	exec "\$@"
	END
	chmod +x netns
	unshare --net ./netns true 2>/dev/null
}

command -v jq >/dev/null || jq=no
if [[ ! -r $library ]]; then
	skip "all" "bash-completion is not installed"
elif [[ ! -x $tool || ${jq:-} ]]; then
	skip "all" "the tool is not built, or no jq"
else
	own_net="env"
	mkdir -p files/d
	touch files/{a.json,b.json,c.txt}
	test_that "commands" all_commands
	test_that "a command's beginning" offers "merge" m
	test_that "options before the command" offers "--version" --v
	test_that "options of each command" all_options
	test_that "benches" all_benches
	test_that "a bench's beginning" offers "figure14 figure14a figure14b" run --quick figure14
	test_that "a bench after an option's argument" offers "table3" run --batches 3 table3
	test_that "a bench after another" offers "truth" run table3 tru
	test_that "no names for a number" offers "" run --batches ""
	test_that "files of results" offers "a.json b.json d" report ""
	test_that "a second file of results" offers "a.json b.json d" compare a.json ""
	test_that "no third one" offers "" compare a.json b.json ""
	test_that "any number of them" offers "b.json" merge a.json a.json b
	test_that "a file" offers "a.json b.json c.txt d" run --baseline ""
	test_that "a file after =" offers "c.txt" run --json=c
	test_that "targets, in a list" offers "uml,vm" list --place=uml,v
	test_that "hooks" offers "tc tcp" hooks -H tc
	test_that "words of a command" offers "list off set" native ""
	test_that "no words after one that takes none" offers "" native off ""
	test_that "no such command" offers "" nonsense ""
	test_that "kinds of names" known_kinds
	test_that "each bench that is offered is taken" benches_are_taken
	test_that "each hook that is offered is taken" hooks_are_taken
	if ((EUID == 0)) && devices; then
		own_net=../in_net
		printf '#!/bin/sh\nexec unshare --net ../netns "$@"\n' >in_net
		chmod +x in_net
		test_that "devices" offers 'eth7 mlx5 veth x\$\(\>y\)' run --device ""
		test_that "devices, short option" offers "veth" run -d v
		test_that "netdevs" offers 'eth7 x\$\(\>y\)' native set drop --device ""
		test_that "a netdev's name is not run" test ! -e files/y
	else
		skip "devices" "needs root, network namespaces and veth"
	fi
fi
