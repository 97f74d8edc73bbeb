# %% [markdown]
# # Lab 00: New module
#
# Fill in the cells that raise `NotImplementedError`. The cell below each one checks your answer
# at once, on practice numbers of your own. `lab.hint("fill_rate")` opens a hint; hints cost
# nothing. At grading the same checks run on other numbers.

# %% locked="setup"
import numpy as np

from labkit.checks.new_module import open_lab

lab = open_lab(edition=1)

# %% [markdown]
# ## 1 · The share of demand served (10 points)
#
# Every day begins with `stock` units. `demand` holds the units asked for, one number a day.
# What is missing is lost. Return the share of all demand that was served, from 0 to 1.


# %% solution="fill_rate"
def fill_rate(demand, stock):
    """Return the share of demand served."""
    ### BEGIN SOLUTION
    served_units = np.minimum(demand, stock).sum()
    return served_units / demand.sum()
    ### END SOLUTION


# %% test="fill_rate" points=10
lab.check("fill_rate", fill_rate)

# %% [markdown]
# ## 2 · What you would tell the manager (5 points, graded by hand)
#
# | points | for |
# |---|---|
# | 3 | says which share the manager should watch, and why |
# | 2 | names a case in which it misleads |

# %% [markdown] essay="memo" points=5
# Write three sentences.
#
# ### BEGIN SOLUTION
# Watch the share of demand served, because lost units are lost customers. It misleads where a
# few large orders hide many small ones.
# ### END SOLUTION

# %% [markdown]
# ## Hand in
#
# Only what is saved is handed in, so save first (Ctrl+S). The cell below says how it stands and
# hands in nothing yet. To hand in, run `submit("00_new_module", now=True)`: it runs a copy of your
# notebook from the top, shows what every check gives, and hands in. You may hand in again as
# often as you like; the last one counts.

# %%
from labkit.desk.submit import submit

submit("00_new_module")
