// SPDX-License-Identifier: GPL-2.0-only
#include <linux/perf_event.h>
#include <unistd.h>

#include "measure/counter.h"
#include "unit.h"

/* A software event, which every CPU has; without the right to it there is a reason */
static void counts(void)
{
	char why[256] = "";
	struct counter c;
	double before, after;
	int ret;

	ret = counter_open(&c, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES, why,
			   sizeof(why));
	if (ret) {
		CHECK_HAS(why, "no hardware counter: ");
		CHECK_INT(c.n, 0);
		return;
	}
	CHECK(c.n > 0);
	CHECK_INT(counter_read(&c, &before), 0);
	usleep(1000);
	CHECK_INT(counter_read(&c, &after), 0);
	CHECK(after > before);
	counter_close(&c);
	CHECK_INT(c.n, 0);
	/* no CPU, nothing counted */
	CHECK_INT(counter_read(&c, &after), 0);
	CHECK_NEAR(after, 0, 0);
	counter_close(&c);
}

static void absent(void)
{
	char why[256] = "";
	struct counter c;

	CHECK(counter_open(&c, PERF_TYPE_SOFTWARE, 4711, why, sizeof(why)) < 0);
	CHECK_HAS(why, "no hardware counter: ");
	CHECK_INT(c.n, 0);
}

const struct unit counter_units[] = {
	{ "counter: counts", counts },
	{ "counter: what there is not", absent },
	{ NULL }
};
