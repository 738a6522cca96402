/* SPDX-License-Identifier: Apache-2.0 */
#include "clinic/clinic.h"

int
main(int argc, char **argv)
{
	return clinic_main(argc, argv);
}
