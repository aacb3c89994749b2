// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel's BTF knows */
#include <bpf/btf.h>

#include "hookcost_test.h"

int hc_kernel_func(const char *name)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int id = btf ? btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) : 0;

	btf__free(btf);
	return id > 0 ? id : 0;
}
