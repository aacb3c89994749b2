#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# modules-install.sh install: builds the modules for the kernel of KDIR, and installs them
# modules-install.sh dkms: has dkms do it, now and for each kernel to come
# modules-install.sh dkms-remove: takes that back, whatever version it was
source "$(dirname "$0")/lib.sh"

# what is installed is for all to read
umask 022

kdir=${KDIR:-/lib/modules/$(uname -r)/build}
copy=$cache/build/kdir-src

# copy_source FOLDER: what Kbuild needs, of whoever copies it
copy_source() {
	mkdir -p "$1"
	rsync -rlt --chmod=D755,F644 --include=/Kbuild --include=/VERSION --include='/module/***' --include=/bpf/ --include='/bpf/*.h' \
		--include='/bpf/twin/***' --exclude='*' "$top/" "$1/"
}

install_modules() {
	local how

	copy_source "$copy"
	read -r -a how <<<"$("$top/module/kernel-cc.sh" "$kdir")"
	make -C "$kdir" M="$copy" "${how[@]}" -j"$jobs" modules
	make -C "$kdir" M="$copy" "${how[@]}" ${INSTALL_MOD_PATH:+INSTALL_MOD_PATH="$INSTALL_MOD_PATH"} modules_install
	# which modules_install leaves out where there is no System.map, as with headers alone
	PATH=$PATH:/usr/sbin:/sbin depmod ${INSTALL_MOD_PATH:+-b "$INSTALL_MOD_PATH"} "$(<"$kdir/include/config/kernel.release")"
}

# All versions: their modules have the same names. Of folders, those that are dkms's for hookcost.
remove_dkms() {
	local version folder

	while read -r version; do
		dkms remove "hookcost/$version" --all
	done < <(dkms status hookcost | sed -nE 's#^hookcost(/|, )([^ ,:]+).*#\2#p' | sort -u)
	for folder in /usr/src/hookcost-*; do
		! grep -qsx 'PACKAGE_NAME="hookcost"' "$folder/dkms.conf" || rm -rf "$folder"
	done
}

# What is the package's is dpkg's to remove
no_package() {
	! dpkg-query -W -f '${db:Status-Status}\n' hookcost-dkms 2>/dev/null | grep -qx installed ||
		die "the package hookcost-dkms has the modules: apt-get purge hookcost-dkms first"
}

install_dkms() {
	local version source

	version=$(<"$top/VERSION")
	source=/usr/src/hookcost-$version
	remove_dkms
	copy_source "$source"
	sed "s/#MODULE_VERSION#/$version/" "$source/module/dkms.conf" >"$source/dkms.conf"
	rm "$source/module/dkms.conf"
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
	no_package
	step "dkms" install_dkms ${KVER:+-k "$KVER"} ${KDIR:+--kernelsourcedir "$KDIR"}
	say "$(dkms status hookcost | tail -n 1)"
	;;
dkms-remove)
	command -v dkms >/dev/null || die "no dkms: nothing is installed by it"
	((EUID == 0)) || die "dkms removes from /usr/src and /lib/modules: run as root"
	no_package
	step "dkms" remove_dkms
	;;
*)	die "usage: modules-install.sh install | dkms | dkms-remove" ;;
esac
