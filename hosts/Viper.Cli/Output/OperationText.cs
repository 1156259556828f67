using Viper.Contracts;

namespace Viper.Cli.Output;

/// <summary>Operations as people read them.</summary>
internal static class OperationText
{
    internal static void WriteTable(TextWriter output, IEnumerable<Operation> operations)
    {
        TextTable table = new("ID", "KIND", "STATUS", "RESOURCE", "AGE");
        foreach (Operation operation in operations)
        {
            table.Add(operation.Id, operation.Kind, State(operation), operation.Resource ?? "", VmText.Age(DateTimeOffset.UtcNow - operation.CreatedAt));
        }

        table.Write(output);
    }

    internal static void WriteDetails(TextWriter output, Operation operation)
    {
        TextTable table = new("id", operation.Id);
        table.Add("kind", operation.Kind);
        table.Add("status", State(operation));
        table.AddIfAny("resource", operation.Resource);
        table.AddIfAny("result", operation.Result?.GetRawText());
        table.AddIfAny("error", operation.Error is { } error ? $"{error.Code}: {error.Detail}" : null);
        table.Add("created", VmText.Time(operation.CreatedAt));
        table.AddIfAny("finished", operation.FinishedAt is { } end ? VmText.Time(end) : null);
        table.Write(output);
    }

    private static string State(Operation operation) =>
        operation.Status is OperationStatuses.Succeeded || operation.Progress.Step is not { } step ? operation.Status : $"{operation.Status} ({step})";
}
