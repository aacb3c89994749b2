// SPDX-License-Identifier: GPL-2.0-only
/* A NIC's generator says what it cannot do: another machine sends */
#include <errno.h>
#include "driver/generators.h"
#include "traffic/generator.h"
#include "unit.h"

static void refuses(void)
{
	const struct generator_ops *o = &generator_nic;
	struct generator g = { .ops = o };
	double took, ns;
	size_t n = 0;

	CHECK(o->setup && o->end && o->run && o->idle_run && o->send && o->frame && o->flows);
	if (!o->idle_run || !o->send || !o->frame || !o->flows)
		return;
	unit_capture();
	CHECK_INT(o->idle_run(&g, 1, &took, &n, &ns), -EOPNOTSUPP);
	CHECK_INT(o->send(&g, 1), -EOPNOTSUPP);
	CHECK_INT(o->frame(&g), -EOPNOTSUPP);
	CHECK_INT(o->flows(&g, 1, 0), -EOPNOTSUPP);
	CHECK_HAS(unit_captured(), "another machine");
	CHECK_INT(n, 0);
	CHECK_INT(g.sent, 0);
}

const struct unit generator_units[] = {
	{ "generator: a NIC's has nothing to send", refuses },
	{ 0 }
};
