using System.Text.Json;
using Viper.Contracts;

namespace Viper.TestKit.Engine;

// What a test makes happen.
public sealed partial class ScriptedEngine
{
    /// <summary>Moves a starting VM to another phase.</summary>
    public void SetPhase(string name, string phase)
    {
        lock (_lock)
        {
            ScriptedVm vm = Find(name);
            vm.Change(v => v with { Phase = phase });
            if (vm.Operation is { } id)
            {
                _operations[id] = _operations[id] with { Progress = new OperationProgress(phase) };
            }

            Raise();
        }
    }

    /// <summary>Lets a starting VM become ready.</summary>
    public void MakeReady(string name)
    {
        lock (_lock)
        {
            BecomeReady(Find(name));
        }
    }

    /// <summary>The guest's end of a VM's serial port: what is written appears on the console, what is typed there can be read.</summary>
    public Stream GuestSerial(string name)
    {
        lock (_lock)
        {
            return Find(name).Serial.Guest;
        }
    }

    /// <summary>Ends a VM's run as if its VMM had died.</summary>
    public void Crash(string name, string reason, string? code = null)
    {
        lock (_lock)
        {
            End(Find(name), VmStatus.Crashed, reason, VmEventTypes.Crashed, code);
        }
    }

    /// <summary>Ends a VM's run as one of the daemon's own timers would.</summary>
    public void EndByTimer(string name, string code)
    {
        lock (_lock)
        {
            ScriptedVm vm = Find(name);
            vm.Change(v => v with { StatusCode = code });
            End(vm, VmStatus.Stopped, "its time was over", VmEventTypes.Stopped, code);
        }
    }

    /// <summary>Leaves a VM in <c>stopping</c>, its run not yet ended.</summary>
    public void BeginStop(string name)
    {
        lock (_lock)
        {
            ScriptedVm vm = Find(name);
            vm.Change(v => v with { Status = VmStatus.Stopping, Phase = null });
            Append(vm, VmEventTypes.Stopping, VmStatus.Stopping, "{}");
        }
    }

    /// <summary>Appends an event about a VM.</summary>
    public void Append(string name, string type, string data = "{}")
    {
        lock (_lock)
        {
            ScriptedVm vm = Find(name);
            Append(vm, type, vm.Now.Status, data);
        }
    }

    /// <summary>Drops the events before <paramref name="seq"/>, as retention would.</summary>
    public void DropEventsBefore(long seq)
    {
        lock (_lock)
        {
            _firstSeq = seq;
            _events.RemoveAll(e => e.Seq < seq);
        }
    }

    /// <summary>Adds a line to one of a VM's logs.</summary>
    public void WriteLog(string name, string source, string line)
    {
        lock (_lock)
        {
            Find(name).Log(source).Add(line);
            Raise();
        }
    }

    /// <summary>Whether the VM's last stop was a forced one.</summary>
    public bool WasForced(string name)
    {
        lock (_lock)
        {
            return Find(name).LastStopWasForced;
        }
    }

    private void BecomeReady(ScriptedVm vm)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        vm.Change(v => v with { Status = VmStatus.Running, StartedAt = now });
        Append(vm, VmEventTypes.Running, VmStatus.Running, "{}");
        vm.Change(v => v with { Phase = VmPhase.Ready, ReadyAt = now, Browser = new VmBrowser("HeadlessChrome/156.0.8078.73") });
        EndOperation(vm, OperationStatuses.Succeeded);
        VmReadyData data = new()
        {
            Timeline = [new TimelineStep("lease_ip", 1.25), new TimelineStep("boot", 1800)],
            GuestMs = new Dictionary<string, double> { ["init"] = 900 },
            Browser = "HeadlessChrome/156.0.8078.73",
        };
        Append(vm, VmEventTypes.Ready, VmStatus.Running, JsonSerializer.Serialize(data, ViperJson.Default.VmReadyData));
    }

    private void End(ScriptedVm vm, string status, string reason, string type, string? code)
    {
        vm.EndCode = code;
        EndOperation(
            vm,
            status == VmStatus.Crashed ? OperationStatuses.Failed : OperationStatuses.Cancelled,
            status == VmStatus.Crashed ? Problem.Create(500, ProblemCodes.StartFailed, reason) : null);
        vm.Change(v => v with { Status = status, Phase = null, StatusReason = reason, Pid = null, Browser = null });
        VmReasonData data = new() { Reason = reason, Code = code };
        Append(vm, type, status, JsonSerializer.Serialize(data, ViperJson.Default.VmReasonData));
        vm.EndRun();
    }
}
