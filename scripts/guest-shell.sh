#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The shell of make shell, in the guest. With --overlay: what guest-init.sh does for it
# before, while /mnt is the host's root: folders of the host's that can be written to, in
# memory.
set -u

# overlay FOLDER: over itself; its name may have any character
overlay() {
	local store

	store=$(mktemp -d /run/overlay-XXXXXX) || return
	mkdir "$store/upper" "$store/work"
	(cd "$1" && mount -t overlay -o "lowerdir=.,upperdir=$store/upper,workdir=$store/work" overlay "$2")
}

if [[ ${1:-} == --overlay ]]; then
	mkdir -p /run/empty
	overlay /mnt/tmp /tmp
	for folder in "$HOOKCOST_HOME" "$HOOKCOST_SHELL"; do
		# all of a guest in one: then /tmp alone
		[[ $folder == / || $folder == /tmp/* || $(stat -f -c %T "$folder") == overlayfs ]] ||
			overlay "$folder" "$folder"
	done
	exit
fi

export HOME=$HOOKCOST_HOME KEEP=$HOOKCOST_RUN/keep
cat >"$HOOKCOST_RUN/bashrc" <<'END'
[[ ! -r ~/.bashrc ]] || source ~/.bashrc
PS1="hookcost-$HOOKCOST_TARGET:\w\\$ "
END
cd "$HOOKCOST_SHELL" || cd /
printf '%s\n' "Linux $(uname -r) as ${HOOKCOST_TARGET^^}: hookcost is in PATH, its modules are loaded." \
	"What is written is gone at the end, but for what lies in $KEEP (\$KEEP). Ctrl-D ends the shell."
bash --rcfile "$HOOKCOST_RUN/bashrc" -i
# the last command's status is not the guest's
exit 0
