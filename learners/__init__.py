"""One folder a kind of learning, each with the same four modules:

    learn       learner(job, device): reads the rows, trains, exports a model folder
    answer      load(folder): a model folder, ready to answer
    judge       judge(schema, metric): how good answers are, and what every model must beat
    signature   signature(schema, …): what a model takes and gives

`interface` says what each of them owes; `shared` holds what all learners train and are measured
with. Only `learn` imports torch: the training image runs it, and the serving image the others.
Which folder learns a task is the `learner` of its row in `sluice.contracts.tasks`.
"""
