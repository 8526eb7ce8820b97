# relaimpo's bootstrap of LMG, for bench_drivers.py: Rscript relaimpo.R DATA.csv DRAWS
# DATA.csv has the outcome first, the drivers behind it and a column "weight" at the end. Prints the seconds of
# DRAWS draws, then a line a driver: its name and its LMG, so that the caller can see both do one job.
asked <- commandArgs(trailingOnly = TRUE)
if (!suppressMessages(requireNamespace("relaimpo", quietly = TRUE))) quit(status = 3)
answers <- read.csv(asked[1])
columns <- answers[, names(answers) != "weight"]
set.seed(1)
taken <- system.time(suppressMessages(relaimpo::boot.relimp(
  columns, b = as.integer(asked[2]), type = "lmg", rank = FALSE, diff = FALSE, weights = answers$weight
)))[["elapsed"]]
parts <- relaimpo::calc.relimp(columns, type = "lmg", weights = answers$weight)@lmg
cat(format(taken, digits = 15), "\n", sep = "")
cat(paste(names(parts), format(parts, digits = 15, scientific = TRUE, trim = TRUE)), sep = "\n")
