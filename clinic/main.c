/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"
#include "clinic/clinic.h"

int
main(int argc, char **argv)
{
	base_i18n_init(NULL); /* GLib's own words for --help need a UTF-8 locale */
	return clinic_main(argc, argv);
}
