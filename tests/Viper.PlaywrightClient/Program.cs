using System.Text.Json;
using System.Text.Json.Nodes;
using Viper.PlaywrightClient;

// Takes one step a line, {"step": NAME, …}, and answers each with one line, {"value": …} or {"error": TEXT}; ends with its input.
// The same is said to the clients in Viper.EndToEnd.Tests/clients.
PlaywrightSteps steps = new();
while (await Console.In.ReadLineAsync() is { } line)
{
    JsonObject said = [];
    try
    {
        using JsonDocument step = JsonDocument.Parse(line);
        said["value"] = await steps.TakeAsync(step.RootElement);
    }
    catch (Exception error)
    {
        said["error"] = error.ToString();
    }

    await Console.Out.WriteLineAsync(said.ToJsonString());
    await Console.Out.FlushAsync();
}
