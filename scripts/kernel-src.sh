#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Brings $src to: Linux 6.12.y and the series. The base is Debian's source
# package, KSRC_TARBALL=FILE, or KSRC=FOLDER (copied, never changed; copied again what of it
# has changed).
#
# The tree is patched in place, and only files whose contents change are
# written, so that make rebuilds what a changed patch touches and no more.
# $cache/src/orig keeps the unpatched version of every file that a patch ever touched.
source "$(dirname "$0")/lib.sh"

orig=$cache/src/orig
work=$cache/src/work
known=$cache/src/orig.list
tarball=${KSRC_TARBALL:-$debian_tarball}

# Any change of a file changes its ctime: that of all of them is read in a second, where their
# contents take many
base_id() {
	if [[ ${KSRC:-} ]]; then
		printf 'dir %s %s' "$KSRC" "$(cd "$KSRC" && find . -path ./.git -prune -o \
			-printf '%p %y %m %s %T@ %C@ %l\n' | sort | sha256sum | cut -c -32)"
	else
		printf 'tarball %s' "$(stat -L -c '%n %s %Y' "$tarball")"
	fi
}

check_base() {
	local version

	needs_lf "$2" "$1"
	version=$(kernel_version "$1")
	[[ $version == "$linux" ]] || die "$2 is Linux ${version:-unknown}, the series is for $linux"
	[[ ! -e $1/include/net/hookcost.h ]] || die "$2 holds hookcost's patches already: an unpatched $linux.y is needed"
	[[ ! -e $1/.config && ! -d $1/include/config ]] || die "$2 holds a build: run make mrproper there first"
}

unpack() {
	local new=$cache/src/new

	rm -rf "$new" "$cache/src/old"
	mkdir "$new"
	if [[ ${KSRC:-} ]]; then
		rsync -a --exclude=/.git "$KSRC/" "$new/"
	else
		tar -xf "$tarball" -C "$new" --strip-components=1 --no-same-owner
	fi
	(check_base "$new" "${KSRC:-$tarball}")
	# the new base's files may be older than the objects
	rm -rf "$orig" "$known" "$cache/build/"{uml,vm}{,-debug,-distro,-kcsan} "$cache/build/skb"
	[[ ! -e $src ]] || mv "$src" "$cache/src/old"
	mv "$new" "$src"
	rm -rf "$cache/src/old"
}

# Of a folder of which there is a copy: what differs, with the time of now, so that make builds
# that again; what the series touches as it is without it
update() {
	local kept=$cache/src/kept

	(check_base "$KSRC" "KSRC=$KSRC")
	sed 's,^,/,' "$known" >"$kept"
	rsync -rlpc --delete --exclude=/.git --exclude-from="$kept" "$KSRC/" "$src/"
	# those of them that are gone
	rm -rf "$orig"
	mkdir "$orig"
	rsync -rlp --ignore-missing-args --files-from="$known" "$KSRC/" "$orig/"
	rm -f "$kept"
}

patch_tree() {
	local file p

	touch "$known"
	touched "${patches[@]}" | while read -r file; do
		! grep -Fxq "$file" "$known" || continue
		if [[ -e $src/$file ]]; then
			mkdir -p "$(dirname "$orig/$file")"
			cp -p "$src/$file" "$orig/$file"
		fi
		echo "$file" >>"$known"
	done

	rm -rf "$work"
	mkdir -p "$orig"
	cp -a "$orig" "$work"
	for p in "${patches[@]:1}"; do
		echo "applying ${p#"$series/"}"
		patch -d "$work" -p1 --no-backup-if-mismatch <"$p"
	done

	while read -r file; do
		if [[ ! -e $work/$file ]]; then
			rm -f "${src:?}/$file"
		elif ! cmp -s "$work/$file" "$src/$file"; then
			mkdir -p "$(dirname "$src/$file")"
			cp --remove-destination --preserve=mode "$work/$file" "$src/$file"
		fi
	done <"$known"
	rm -rf "$work"
}

if [[ ${KSRC:-} ]]; then
	KSRC=$(cd "$KSRC" && pwd -P) || die "KSRC=$KSRC: no such folder"
	[[ -e $KSRC/Makefile ]] || die "KSRC=$KSRC is no kernel tree"
	check_base "$KSRC" "KSRC=$KSRC"
else
	[[ -r $tarball ]] || die "no kernel source at $tarball: make deps, or give KSRC_TARBALL= or KSRC="
fi
[[ -e $patch_list ]] || die "no $patch_list"

# /dev/null keeps the list from being empty
patches=(/dev/null)
while read -r name; do
	[[ -z $name || $name == \#* ]] || patches+=("$series/$name")
done <"$patch_list"
for name in "${patches[@]}"; do
	[[ -r $name ]] || die "$patch_list names ${name#"$series/"}, which is not there"
done

base=$(base_id)
id="$base $(cat "$patch_list" "${patches[@]}" | sha256sum | cut -c -16)"
if ! stamp "$cache/src/base" "$base"; then
	was=$(cat "$cache/src/base" 2>/dev/null) || :
	rm -f "$cache/src/base" "$cache/src/state"
	if [[ ${KSRC:-} && $was == "dir $KSRC "* && -e $known && -d $src ]]; then
		step "kernel source" update
	else
		step "kernel source" unpack
	fi
	put_stamp "$cache/src/base" "$base"
fi
if ! stamp "$cache/src/state" "$id"; then
	rm -f "$cache/src/state"
	step "kernel patches" patch_tree
	put_stamp "$cache/src/state" "$id"
fi
