#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# modules-install.sh install: builds the modules for the kernel of KDIR, and installs them
# modules-install.sh dkms: has dkms do it, now and for each kernel to come
source "$(dirname "$0")/lib.sh"

kdir=${KDIR:-/lib/modules/$(uname -r)/build}
copy=$cache/build/kdir-src

# copy_source FOLDER: what Kbuild needs
copy_source() {
	mkdir -p "$1"
	rsync -a --include=/Kbuild --include='/module/***' --include=/bpf/ --include='/bpf/*.h' \
		--include='/bpf/twin/***' --exclude='*' "$top/" "$1/"
}

install_modules() {
	copy_source "$copy"
	make -C "$kdir" M="$copy" -j"$jobs" modules
	make -C "$kdir" M="$copy" ${INSTALL_MOD_PATH:+INSTALL_MOD_PATH="$INSTALL_MOD_PATH"} modules_install
	# which modules_install leaves out where there is no System.map, as with headers alone
	PATH=$PATH:/usr/sbin:/sbin depmod ${INSTALL_MOD_PATH:+-b "$INSTALL_MOD_PATH"} "$(<"$kdir/include/config/kernel.release")"
}

install_dkms() {
	local version source

	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/module/dkms.conf")
	source=/usr/src/hookcost-$version
	dkms remove "hookcost/$version" --all 2>/dev/null || :
	rm -rf "${source:?}"
	copy_source "$source"
	mv "$source/module/dkms.conf" "$source/"
	dkms add "hookcost/$version"
	dkms install "hookcost/$version" "$@"
}

case ${1:-} in
install)
	[[ -e $kdir/Makefile ]] || die "KDIR=$kdir is no kernel's build folder: install the kernel's headers, or give KDIR=FOLDER"
	to=${INSTALL_MOD_PATH:-/lib/modules}
	if ! mkdir -p "$to" 2>/dev/null || [[ ! -w $to ]]; then
		die "cannot write to $to: run as root"
	fi
	step "modules" install_modules
	say "installed for $(<"$kdir/include/config/kernel.release")"
	;;
dkms)
	command -v dkms >/dev/null || die "no dkms: apt-get install dkms"
	((EUID == 0)) || die "dkms installs into /usr/src and /lib/modules: run as root"
	step "dkms" install_dkms ${KVER:+-k "$KVER"} ${KDIR:+--kernelsourcedir "$KDIR"}
	say "$(dkms status hookcost | tail -n 1)"
	;;
*)	die "usage: modules-install.sh install | dkms" ;;
esac
