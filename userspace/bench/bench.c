// SPDX-License-Identifier: GPL-2.0-only
/* What benches have in common */
#include "bench.h"

void bench_device(struct result *res, const struct device *d)
{
	char text[256];

	device_text(d, text, sizeof(text));
	result_device(res, text, device_json(d));
}
