#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make deb: Debian packages of the tool and, for DKMS, of the modules, from the files that git
# knows. They are for the Debian they are built on.
export TARGET=uml DEBUG='' CONFIG=''
source "$(dirname "$0")/lib.sh"

version=$(<"$top/VERSION")
debs=$cache/deb/hookcost
tree=$debs/hookcost-$version

# In a tarball of the sources there is no git, and all of it is the sources
copy_sources() {
	local date

	rm -rf --one-file-system -- "${tree:?}"
	mkdir -p "$tree"
	if [[ $(git -C "$top" rev-parse --show-toplevel 2>/dev/null) == "$top" ]]; then
		# what is removed, but not for git yet, is not there to copy
		git -C "$top" ls-files -z | rsync -a --from0 --files-from=- --ignore-missing-args "$top/" "$tree/"
		date=$(git -C "$top" log -1 --format=%cD)
	else
		rsync -a "$top/" "$tree/"
		date=$(date -R -r "$top/VERSION")
	fi
	chmod -R u=rwX,go=rX "$tree"
	cp -r "$tree/scripts/debian" "$tree/debian"
	printf 'hookcost (%s) unstable; urgency=medium\n\n  * Built by make deb.\n\n -- %s  %s\n' \
		"$version" "$(sed -n 's/^Maintainer: //p' "$tree/debian/control")" "$date" >"$tree/debian/changelog"
}

build_packages() {
	copy_sources
	cd "$tree"
	# what of the Build-Depends is missing deps.sh has installed; any clang will do, and LLVM names it
	env -u PREFIX -u DESTDIR KSRC="$src" HOOKCOST_CLANG="clang$llvm" HOOKCOST_VERSION="$version" \
		DEB_BUILD_OPTIONS="parallel=$jobs noautodbgsym ${DEB_BUILD_OPTIONS:-}" \
		dpkg-buildpackage --build=binary --no-sign --no-check-builddeps
	cd "$debs"
	rm -rf --one-file-system -- "${tree:?}" hookcost_*.buildinfo hookcost_*.changes
}

also=package "$top/scripts/deps.sh"
command -v dpkg-buildpackage >/dev/null || die "no dpkg-buildpackage: make deb is for Debian; make install is for all"
lock_cache
"$top/scripts/kernel-src.sh"
find_llvm
rm -f "$debs"/*.deb
step "packages of hookcost" build_packages
if command -v lintian >/dev/null; then
	step "lintian" lintian --fail-on error --no-tag-display-limit "$debs"/*.deb
fi
say "packages:"
ls -1 "$debs"/*.deb
say "to install: sudo apt-get install $debs/hookcost_*.deb, and for the modules $debs/hookcost-dkms_*.deb"
