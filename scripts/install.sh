#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# install.sh install: builds the tool and its man pages, and installs them to $DESTDIR$PREFIX
# install.sh uninstall: removes them there
source "$(dirname "$0")/cache.sh"

files=$top/scripts/install-files.sh
if [[ ${1:-} == uninstall ]]; then
	"$files" -r
	exit
fi
[[ ${1:-} == install ]] || die "usage: install.sh install | uninstall"

# With sudo it is built as its user, in his cache, and only copied as root
as_user=()
if ((EUID == 0)) && [[ ${SUDO_USER:-root} != root && ! ${HOOKCOST_CACHE+set} ]]; then
	home=$(getent passwd "$SUDO_USER" | cut -d : -f 6) && [[ $home ]] ||
		die "SUDO_USER=$SUDO_USER has no home folder: set HOOKCOST_CACHE"
	as_user=(runuser -u "$SUDO_USER" -- env HOME="$home")
fi
"${as_user[@]}" "$top/scripts/build-tool.sh"
cache=$("${as_user[@]}" "$top/scripts/cache.sh")
"$files" "$cache/build/uml-out/userspace"
say "installed to ${DESTDIR:-}${PREFIX-/usr/local}"
